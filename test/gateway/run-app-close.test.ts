import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { ResponseFinished } from "../../src/gateway/types.ts";
import { type AnyApp, bytes, ENDLESS, nextTurn, repeating, runToEnd, startRun } from "./run-gateway.ts";

const boom = new Error("boom");

describe("close() of a body is called once and as a method", () => {
  const results: { what: string; blocks: unknown[]; headers?: [string, string][]; outcome: string }[] = [
    { what: "it ended", blocks: [bytes("a"), bytes("b")], outcome: "complete" },
    { what: "it was empty", blocks: [], outcome: "complete" },
    { what: "it failed at first", blocks: [5], outcome: "app-error" },
    { what: "it failed later", blocks: [bytes("a"), 5], outcome: "app-error" },
    {
      what: "it was too long",
      blocks: [bytes("a"), bytes("b")],
      headers: [["Content-Length", "1"]],
      outcome: "complete",
    },
    {
      what: "it was too short",
      blocks: [bytes("a")],
      headers: [["Content-Length", "2"]],
      outcome: "short-body",
    },
  ];

  describe.each(results)("when $what", ({ blocks, headers = [], outcome }) => {
    test.each(["an array", "an iterable", "an async iterable"])("%s", async (kind) => {
      const body = Object.assign(bodyOf(kind, blocks), {
        closed: 0,
        close() {
          this.closed += 1;
        },
      });
      const run = await runToEnd((_environ, startResponse) => {
        startResponse("200 OK", headers);
        return body;
      });
      expect(run.outcome).toBe(outcome);
      expect(body.closed).toBe(1);
    });
  });

  test("when it is no body at all", async () => {
    let closed = 0;
    const close = () => {
      closed += 1;
    };
    expect(await runToEnd(() => ({ close }))).toMatchObject({ outcome: "app-error" });
    expect(closed).toBe(1);
  });

  test("when startResponse was never called", async () => {
    let closed = 0;
    const close = () => {
      closed += 1;
    };
    expect(await runToEnd(() => Object.assign([bytes("x")], { close }))).toMatchObject({
      outcome: "app-error",
    });
    expect(closed).toBe(1);
  });

  test("behind a HEAD request too", async () => {
    let closed = 0;
    const close = () => {
      closed += 1;
    };
    const app = responding(() => Object.assign(bodyOf("an iterable", [bytes("x")]), { close }));
    await runToEnd(app, { vars: { REQUEST_METHOD: "HEAD" } });
    expect(closed).toBe(1);
  });
});

describe("of the ways to close a body one is used", () => {
  test.each([
    { has: ["close", "asyncDispose", "dispose"], used: "close" },
    { has: ["asyncDispose", "dispose"], used: "asyncDispose" },
    { has: ["dispose"], used: "dispose" },
    { has: ["close", "dispose"], used: "close" },
  ])("of $has it is $used", async ({ has, used }) => {
    const calls: string[] = [];
    const keys: Record<string, PropertyKey> = {
      close: "close",
      asyncDispose: Symbol.asyncDispose,
      dispose: Symbol.dispose,
    };
    const body = bodyOf("an iterable", [bytes("x")]);
    for (const name of has) Reflect.set(body, keys[name] ?? "", () => calls.push(name));
    await runToEnd(responding(() => body));
    expect(calls).toEqual([used]);
  });

  test("what is no function is none", async () => {
    const calls: string[] = [];
    const body = Object.assign(bodyOf("an iterable", [bytes("x")]), {
      close: true,
      [Symbol.asyncDispose]: undefined,
      [Symbol.dispose]: () => calls.push("dispose"),
    });
    const run = await runToEnd(responding(() => body));
    expect(run.log.lines).toEqual([]);
    expect(calls).toEqual(["dispose"]);
  });
});

describe("the order", () => {
  test("return() of an iteration that was given up, then close(), then what waits for the end", async () => {
    for (const kind of ["an iterable", "an async iterable"]) {
      const order: string[] = [];
      const stop = async () => {
        order.push("return");
        await nextTurn();
        order.push("returned");
        return { done: true, value: undefined };
      };
      const iterator = { next: repeating(bytes("too long")), return: stop };
      const body = {
        [kind === "an iterable" ? Symbol.iterator : Symbol.asyncIterator]: () => iterator,
        close: async () => {
          order.push("close");
          await nextTurn();
          order.push("closed");
        },
      };
      await runToEnd((environ, startResponse) => {
        environ["uwsgi_bridge.response_finished"].push(() => void order.push("finished"));
        startResponse("200 OK", [["Content-Length", "1"]]);
        return body;
      });
      expect(order).toEqual(["return", "returned", "close", "closed", "finished"]);
    }
  });

  test("the finally of a generator that was given up runs before its close()", async () => {
    const order: string[] = [];
    const generator = async function* () {
      try {
        for (let count = 0; count < ENDLESS; count += 1) yield bytes("x");
      } finally {
        await nextTurn();
        order.push("finally");
      }
    };
    await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", [["Content-Length", "1"]]);
      return Object.assign(generator(), { close: () => order.push("close") });
    });
    expect(order).toEqual(["finally", "close"]);
  });

  test("an iteration that ended, or failed, is not asked to return", async () => {
    for (const last of [() => ({ done: true, value: undefined }), fail]) {
      for (const key of [Symbol.iterator, Symbol.asyncIterator]) {
        let returned = 0;
        const steps = [() => ({ done: false, value: bytes("x") }), last];
        const iterator = {
          next: () => steps.shift()?.(),
          return: () => {
            returned += 1;
            return { done: true, value: undefined };
          },
        };
        await runToEnd(responding(() => ({ [key]: () => iterator })));
        expect(returned).toBe(0);
      }
    }
  });

  test("an iterator without return() is simply left", async () => {
    const iterator = { next: repeating(bytes("x")) };
    const run = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", [["Content-Length", "1"]]);
      return { [Symbol.iterator]: () => iterator };
    });
    expect(run).toMatchObject({ outcome: "complete", body: "x" });
    expect(run.log.lines.map(({ level }) => level)).toEqual(["warn"]);
  });

  test("the response is on the wire before close() is called: nobody waits for that", async () => {
    const started = startRun(
      responding(() => Object.assign([bytes("x")], { close: () => new Promise(() => {}) })),
    );
    await nextTurn();
    expect(started.sink.ending).toBe("complete");
    expect(started.outcomes).toEqual([]);
  });

  test("with nothing to close and nobody to tell, the run is over at once", () => {
    const started = startRun(responding(() => [bytes("x")]));
    expect(started.outcomes).toEqual(["complete"]);
  });
});

describe("what fails while a response is cleaned up is logged, and stops nothing", () => {
  test.each([
    { what: "close() throws", close: fail, err: boom },
    { what: "close() rejects", close: () => Promise.reject(boom), err: boom },
    { what: "close() rejects with nothing", close: () => Promise.reject(), err: undefined },
  ])("$what", async ({ close, err }) => {
    const told: string[] = [];
    const run = await runToEnd((environ, startResponse) => {
      environ["uwsgi_bridge.response_finished"].push(({ outcome }) => void told.push(outcome));
      startResponse("200 OK", []);
      return Object.assign([bytes("fine")], { close });
    });
    expect(run).toMatchObject({ outcome: "complete", body: "fine" });
    expect(run.log.lines).toEqual([{ ...cleaningUpFailed, fields: { err, method: "GET", path: "/" } }]);
    expect(told).toEqual(["complete"]);
  });

  test("return() throws: close() is called all the same", async () => {
    let closed = 0;
    const body = {
      [Symbol.iterator]: () => ({ next: repeating(bytes("x")), return: fail }),
      close: () => {
        closed += 1;
      },
    };
    const run = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", [["Content-Length", "1"]]);
      return body;
    });
    expect(run.log.lines).toContainEqual(cleaningUpFailed);
    expect(closed).toBe(1);
  });

  test("a finisher throws or rejects: the others are called all the same", async () => {
    const told: string[] = [];
    const run = await runToEnd((environ, startResponse) => {
      environ["uwsgi_bridge.response_finished"].push(
        () => void told.push("first"),
        fail,
        () => Promise.reject(boom),
        5 as unknown as ResponseFinished,
        () => void told.push("last"),
      );
      startResponse("200 OK", []);
      return [bytes("fine")];
    });
    expect(run).toMatchObject({ outcome: "complete", body: "fine" });
    expect(told).toEqual(["last", "first"]);
    expect(run.log.lines).toEqual([
      { ...cleaningUpFailed, fields: { ...cleaningUpFailed.fields, err: expect.any(TypeError) } },
      cleaningUpFailed,
      cleaningUpFailed,
    ]);
  });

  test("a Node stream that fails tells it twice, and it is logged once", async () => {
    const run = await runToEnd(responding(() => new Readable({ read: fail })));
    expect(run.log.lines).toMatchObject([{ fields: { err: boom }, message: "the application failed" }]);
  });
});

const cleaningUpFailed = {
  level: "error",
  fields: { err: boom, method: "GET", path: "/" },
  message: "cleaning up after a response failed",
};

function fail(): never {
  throw boom;
}

function responding(body: () => unknown, headers: [string, string][] = []): AnyApp {
  return (_environ, startResponse) => {
    startResponse("200 OK", headers);
    return body();
  };
}

function bodyOf(kind: string, blocks: unknown[]): object {
  if (kind === "an array") return [...blocks];
  if (kind === "an iterable") return { [Symbol.iterator]: () => blocks.values() };
  return {
    async *[Symbol.asyncIterator]() {
      yield* blocks;
    },
  };
}
