import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { ProtocolError } from "../../src/errors.ts";
import type { FinishedResponse } from "../../src/gateway/types.ts";
import { RecordingSink } from "../support/recording-sink.ts";
import { type AnyApp, bytes, ENDLESS, ended, nextTurn, type StartedRun, startRun } from "./run-gateway.ts";

/** What an application saw of its end. */
interface Witness {
  closed: number;
  finallies: number;
  readonly told: FinishedResponse[];
}

describe("a client that leaves", () => {
  test("before the result is there: the result is closed, and nothing is sent", async () => {
    for (const kind of ["array", "generator"]) {
      const witness = newWitness();
      const started = startRun(async (environ, startResponse) => {
        witnessing(environ, witness);
        startResponse("200 OK", []);
        await nextTurn();
        await nextTurn();
        return closing(kind === "array" ? [bytes("x")] : endless(witness), witness);
      });
      await nextTurn();
      started.leave();
      const run = await ended(started);
      expect(run).toMatchObject({ outcome: "client-gone", status: undefined, body: "", ending: undefined });
      expect(run.log.lines).toEqual([]);
      expect(witness).toMatchObject({ closed: 1, finallies: 0 });
      expect(witness.told).toMatchObject([
        { outcome: "client-gone", status: null, headers: null, bytesSent: 0, error: undefined },
      ]);
    }
  });

  test("while the application makes its next block: it is stopped and closed at once", async () => {
    const witness = newWitness();
    const started = startRun((environ, startResponse) => {
      witnessing(environ, witness);
      startResponse("200 OK", [["X-A", "1"]]);
      return closing(
        (async function* () {
          yield bytes("part");
          await new Promise(() => {});
        })(),
        witness,
      );
    });
    await nextTurn();
    expect(started.sink.body).toBe("part");
    started.leave();
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone", body: "part", ending: undefined });
    expect(run.log.lines).toEqual([]);
    expect(witness.closed).toBe(1);
    expect(witness.told).toMatchObject([
      { outcome: "client-gone", status: "200 OK", headers: [["X-A", "1"]], bytesSent: 4 },
    ]);
  });

  test("while the first block is made: no head was sent, and so none is reported", async () => {
    const witness = newWitness();
    const started = startRun((environ, startResponse) => {
      witnessing(environ, witness);
      startResponse("200 OK", []);
      return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
    });
    await nextTurn();
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone", status: undefined });
    expect(witness.told).toMatchObject([{ status: null, headers: null, bytesSent: 0 }]);
  });

  test.each([
    {
      what: "comes late",
      settle: (resolve: (step: unknown) => void) => resolve({ done: false, value: bytes("late") }),
    },
    {
      what: "is the end",
      settle: (resolve: (step: unknown) => void) => resolve({ done: true, value: undefined }),
    },
    {
      what: "fails late",
      settle: (_: unknown, reject: (error: unknown) => void) => reject(new Error("late")),
    },
  ])("while a block is made that $what: nothing more happens", async ({ settle }) => {
    const witness = newWitness();
    let finishNext: () => void = () => undefined;
    let pulled = 0;
    const started = startRun((environ, startResponse) => {
      witnessing(environ, witness);
      startResponse("200 OK", []);
      const next = () => {
        pulled += 1;
        return new Promise((resolve, reject) => {
          finishNext = () => settle(resolve, reject);
        });
      };
      return closing({ [Symbol.asyncIterator]: () => ({ next }) }, witness);
    });
    await nextTurn();
    started.leave();
    await ended(started);
    finishNext();
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone", status: undefined });
    expect(run.log.lines).toEqual([]);
    expect({ pulled, ...witness }).toMatchObject({ pulled: 1, closed: 1 });
    expect(witness.told).toHaveLength(1);
  });

  test("while a block is made that fails during the cleaning up: that is not reported either", async () => {
    const witness = newWitness();
    let failNext: (error: unknown) => void = () => undefined;
    const started = startRun((environ, startResponse) => {
      witnessing(environ, witness);
      startResponse("200 OK", []);
      const next = () =>
        new Promise((_resolve, reject) => {
          failNext = reject;
        });
      const close = async () => {
        failNext(new Error("late"));
        await nextTurn();
      };
      return { [Symbol.asyncIterator]: () => ({ next }), close };
    });
    await nextTurn();
    started.leave();
    expect((await ended(started)).log.lines).toEqual([]);
    expect(witness.told).toMatchObject([{ outcome: "client-gone", error: undefined }]);
  });

  test("while a generator waits for something that happens later: its finally runs then", async () => {
    const witness = newWitness();
    let happen: () => void = () => undefined;
    const started = startRun((environ, startResponse) => {
      witnessing(environ, witness);
      startResponse("200 OK", []);
      return (async function* () {
        try {
          await new Promise<void>((resolve) => {
            happen = resolve;
          });
          yield bytes("late");
          throw new Error("was asked for more");
        } finally {
          witness.finallies += 1;
        }
      })();
    });
    await nextTurn();
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone" });
    expect(witness.finallies).toBe(0);
    happen();
    await nextTurn();
    expect(witness.finallies).toBe(1);
    expect(started.sink.body).toBe("");
    expect(started.log.lines).toEqual([]);
  });

  test.each(["an async generator", "a generator"])("while the connection is full: %s", async (kind) => {
    const witness = newWitness();
    const sink = new RecordingSink();
    sink.fill();
    const started = startRun(
      (environ, startResponse) => {
        witnessing(environ, witness);
        startResponse("200 OK", []);
        return closing(kind === "a generator" ? endlessSync(witness) : endless(witness), witness);
      },
      { sink },
    );
    await nextTurn();
    started.leave();
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone", body: "x", ending: undefined });
    expect(witness).toMatchObject({ closed: 1, finallies: 1, told: [{ bytesSent: 1 }] });
    expect(run.log.lines).toEqual([]);
  });

  test("while others have their turn", async () => {
    const witness = newWitness();
    const sink = new RecordingSink();
    sink.turnEvery = 1;
    const started = startRun(
      responding(() => endlessSync(witness)),
      { sink },
    );
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone", body: "x" });
    expect(witness.finallies).toBe(1);
  });

  test("while a Node stream has nothing to give: the stream is destroyed", async () => {
    const stream = new Readable({ read: () => undefined });
    const started = startRun(responding(() => stream));
    await nextTurn();
    started.leave();
    const run = await ended(started);
    expect(run.outcome).toBe("client-gone");
    expect(stream.destroyed).toBe(true);
    expect(run.log.lines).toEqual([]);
  });

  test("between two blocks of a web stream: the stream is cancelled", async () => {
    let cancelled = 0;
    const stream = new ReadableStream({
      pull: async (controller) => {
        await nextTurn();
        controller.enqueue(bytes("x"));
      },
      cancel: () => {
        cancelled += 1;
      },
    });
    const sink = new RecordingSink();
    sink.fill();
    const started = startRun(
      responding(() => stream),
      { sink },
    );
    await until(() => sink.body === "x");
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone" });
    expect(cancelled).toBe(1);
  });

  test("behind a whole response changes nothing about it", async () => {
    const started = startRun(responding(() => [bytes("whole")]));
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "complete", body: "whole", ending: "complete" });
  });

  test("behind a whole response, while the application still works: the response was complete", async () => {
    const sink = new RecordingSink();
    const app: AnyApp = async function* (_environ, startResponse) {
      startResponse("200 OK", [["Content-Length", "5"]]);
      yield bytes("whole");
      sink.leave();
    };
    expect(await ended(startRun(app, { sink }))).toMatchObject({ outcome: "complete", body: "whole" });
  });

  test("twice is the same as once", async () => {
    const witness = newWitness();
    const started = startRun((environ, startResponse) => {
      witnessing(environ, witness);
      startResponse("200 OK", []);
      return closing({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }, witness);
    });
    await nextTurn();
    started.leave();
    started.leave();
    await ended(started);
    expect(witness).toMatchObject({ closed: 1 });
    expect(witness.told).toHaveLength(1);
  });
});

describe("an application that notices by itself", () => {
  test("because write() throws UWB_ERR_CLIENT_GONE: no failure is logged, the error is handed on", async () => {
    const witness = newWitness();
    const started = startRun(async (environ, startResponse) => {
      witnessing(environ, witness);
      const write = startResponse("200 OK", []);
      for (;;) {
        await write(bytes("x"));
        await nextTurn();
      }
    });
    await nextTurn();
    started.leave();
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone", ending: undefined });
    expect(run.log.lines).toEqual([]);
    expect(witness.told).toMatchObject([
      { outcome: "client-gone", error: { name: "ProtocolError", code: "UWB_ERR_CLIENT_GONE" } },
    ]);
  });

  test("because write() throws, also of nothing, and in a bodiless response", async () => {
    const codes: unknown[] = [];
    const started = startRun(async (_environ, startResponse) => {
      const write = startResponse("204 No Content", []);
      await nextTurn();
      await nextTurn();
      for (const block of [bytes(""), bytes("x")]) {
        try {
          await write(block);
        } catch (error) {
          codes.push(Object(error).code);
        }
      }
      return [];
    });
    await nextTurn();
    started.leave();
    await ended(started);
    expect(codes).toEqual(["UWB_ERR_CLIENT_GONE", "UWB_ERR_CLIENT_GONE"]);
  });

  test("because a read of the body rejects, while an answer could still be sent", async () => {
    const started = startRun(reading, { vars: { CONTENT_LENGTH: "10" } });
    started.input.fail(new ProtocolError("UWB_ERR_CLIENT_GONE", "broke off", { offset: 3 }));
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone", status: "400 Bad Request" });
    expect(run.log.lines).toEqual([]);
  });

  test("because a read of the body rejects, and nobody is there any more", async () => {
    const started = startRun(reading, { vars: { CONTENT_LENGTH: "10" } });
    started.input.fail(new ProtocolError("UWB_ERR_CLIENT_GONE", "broke off", { offset: 3 }));
    started.leave();
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone", status: undefined, ending: undefined });
    expect(run.log.lines).toEqual([]);
  });

  test("and throws an error of its own: that is a consequence, no failure", async () => {
    const mine = new Error("aborted");
    const witness = newWitness();
    const started = startRun(async (environ) => {
      witnessing(environ, witness);
      await nextTurn();
      await nextTurn();
      throw mine;
    });
    await nextTurn();
    started.leave();
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone", status: undefined });
    expect(run.log.lines).toEqual([]);
    expect(witness.told).toMatchObject([{ outcome: "client-gone", error: mine }]);
  });

  test("and goes on as if nothing was: startResponse and an empty result do no harm", async () => {
    const sink = new RecordingSink();
    sink.leave();
    const started = startRun(
      responding(() => []),
      { sink },
    );
    expect(await ended(started)).toMatchObject({ outcome: "client-gone", status: undefined });
  });
});

async function reading(...[environ, startResponse]: Parameters<AnyApp>) {
  startResponse("200 OK", []);
  return [await environ["wsgi.input"].read()];
}

function responding(body: () => unknown): AnyApp {
  return (_environ, startResponse) => {
    startResponse("200 OK", []);
    return body();
  };
}

function newWitness(): Witness {
  return { closed: 0, finallies: 0, told: [] };
}

function witnessing(environ: StartedRun["environ"], witness: Witness): void {
  environ["uwsgi_bridge.response_finished"].push((response) => void witness.told.push(response));
}

function closing<T extends object>(body: T, witness: Witness): T {
  return Object.assign(body, {
    close: () => {
      witness.closed += 1;
    },
  });
}

async function* endless(witness: Witness): AsyncGenerator<Buffer> {
  yield* endlessSync(witness);
}

function* endlessSync(witness: Witness): Generator<Buffer> {
  try {
    for (let count = 0; count < ENDLESS; count += 1) yield bytes("x");
  } finally {
    witness.finallies += 1;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}
