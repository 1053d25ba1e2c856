import { describe, expect, test } from "vitest";
import { decodeVars, encodeVars } from "../../src/codec/vars.ts";
import { environFromPacket } from "../../src/gateway/environ.ts";
import type { Environ, StartResponse } from "../../src/gateway/types.ts";
import { RecordingSink } from "../support/recording-sink.ts";
import {
  type AnyApp,
  bytes,
  ended,
  nextTurn,
  plainVars,
  repeating,
  runToEnd,
  startRun,
} from "./run-gateway.ts";

const plain = (_environ: Environ, startResponse: StartResponse) => {
  startResponse("200 OK", []);
  return [bytes("hello")];
};

class Responder {
  readonly text = "hello";

  answer(_environ: Environ, startResponse: StartResponse) {
    startResponse("200 OK", []);
    return [bytes(this.text)];
  }
}

describe("any callable is an application (PEP 3333, Specification Overview)", () => {
  const responder = new Responder();
  test.each([
    { kind: "an arrow function", app: plain },
    {
      kind: "a function that declares no parameter",
      app: (...args: Parameters<AnyApp>) => plain(...args),
    },
    {
      kind: "a function with optional parameters of its own",
      app: (environ: Environ, startResponse: StartResponse, _text = "", _more = 0) =>
        plain(environ, startResponse),
    },
    {
      kind: "an async function",
      app: async (environ: Environ, startResponse: StartResponse) => plain(environ, startResponse),
    },
    {
      kind: "a generator function",
      app: function* (environ: Environ, startResponse: StartResponse) {
        yield* plain(environ, startResponse);
      },
    },
    {
      kind: "an async generator function",
      app: async function* (environ: Environ, startResponse: StartResponse) {
        yield* plain(environ, startResponse);
      },
    },
    { kind: "a bound method", app: responder.answer.bind(responder) },
    { kind: "a Proxy of a function", app: new Proxy(plain, {}) },
  ])("$kind is called as it is", async ({ app }) => {
    expect(await runToEnd(app)).toMatchObject({ outcome: "complete", status: "200 OK", body: "hello" });
  });

  test("and nothing about it is inspected: it is called, no property is read", async () => {
    const read: PropertyKey[] = [];
    const app = new Proxy(plain, {
      get: (target, key) => {
        read.push(key);
        return Reflect.get(target, key);
      },
    });
    await runToEnd(app);
    expect(read).toEqual([]);
  });
});

test("the application is called with two positional arguments (PEP 3333, Specification Details)", async () => {
  const calls: unknown[][] = [];
  const started = startRun((...args) => {
    calls.push(args);
    return plain(...args);
  });
  await ended(started);
  expect(calls).toEqual([[started.environ, expect.any(Function)]]);
});

test("the application may be called many times, and requests share nothing (PEP 3333, The Application/Framework Side)", async () => {
  let seen = 0;
  const app: AnyApp = (environ, startResponse) => {
    seen += 1;
    expect(environ["example.mark"]).toBeUndefined();
    environ["example.mark"] = true;
    startResponse("200 OK", [["X-Call", String(seen)]]);
    return [bytes(`call ${seen}`)];
  };
  for (const call of [1, 2, 3]) {
    const { headers, body } = await runToEnd(app);
    expect(headers).toContainEqual(["X-Call", String(call)]);
    expect(body).toBe(`call ${call}`);
  }
});

test("strings from the wire hold one byte per character (PEP 3333, A Note On String Types)", () => {
  const wire = Buffer.from(encodeVars(Object.entries(plainVars)));
  const text = Buffer.concat([
    wire,
    Buffer.from("\u0007\0HTTP_X_", "latin1"),
    Buffer.from([3, 0, 0xc3, 0xa9, 0xff]),
  ]);
  const environ = environFromPacket({ modifier1: 0, modifier2: 0, vars: decodeVars(text) });
  expect(environ["HTTP_X_"]).toBe("\u00c3\u00a9\u00ff");
});

test("strings to the wire hold one byte per character and go out unchanged (PEP 3333, A Note On String Types)", async () => {
  const { sink } = await runToEnd((_environ, startResponse) => {
    startResponse("200 Caf\u00e9", [["X-L", "caf\u00e9 \u0080\u00ff"]]);
    return [bytes("x")];
  });
  expect(sink.head).toMatchObject({ reason: "Caf\u00e9" });
  expect(sink.head?.headers[0]).toEqual(["X-L", "caf\u00e9 \u0080\u00ff"]);
});

test("environ is a plain object that the application may change as it likes (PEP 3333, Specification Details)", async () => {
  const { status, body } = await runToEnd((environ, startResponse) => {
    for (const key of Object.keys(environ)) {
      if (!key.startsWith("wsgi.")) Reflect.deleteProperty(environ, key);
    }
    environ["wsgi.errors"] = { write: () => {}, writelines: () => {}, flush: async () => {} };
    environ.SCRIPT_NAME = "/other";
    environ["uwsgi_bridge.signal"] = AbortSignal.abort();
    environ["example.key"] = { any: "value" };
    startResponse("200 OK", []);
    return [bytes(Object.keys(environ).sort().at(0) ?? "")];
  });
  expect({ status, body }).toEqual({ status: "200 OK", body: "SCRIPT_NAME" });
});

describe("the result is an iterable of zero or more byte blocks (PEP 3333, Specification Details)", () => {
  const blocks = () => [bytes("a"), bytes(""), bytes("b")];
  test.each([
    { kind: "an array", body: () => blocks(), text: "ab" },
    { kind: "an empty array", body: () => [], text: "" },
    { kind: "a Set", body: () => new Set(blocks()), text: "ab" },
    { kind: "an iterator of a Map", body: () => new Map(blocks().entries()).values(), text: "ab" },
    {
      kind: "an object with Symbol.iterator",
      body: () => ({ [Symbol.iterator]: () => blocks().values() }),
      text: "ab",
    },
    {
      kind: "an object with Symbol.asyncIterator",
      body: () => ({
        async *[Symbol.asyncIterator]() {
          yield* blocks();
        },
      }),
      text: "ab",
    },
  ])("$kind", async ({ body, text }) => {
    const app: AnyApp = (_environ, startResponse) => {
      startResponse("200 OK", []);
      return body();
    };
    expect(await runToEnd(app)).toMatchObject({ outcome: "complete", body: text, ending: "complete" });
  });

  test("and of one with both kinds of iterator the asynchronous one is used", async () => {
    const { body } = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", []);
      return {
        *[Symbol.iterator]() {
          yield bytes("sync");
        },
        async *[Symbol.asyncIterator]() {
          yield bytes("async");
        },
      };
    });
    expect(body).toBe("async");
  });
});

test("one block is sent before the next one is asked for (PEP 3333, Specification Details)", async () => {
  const sink = new RecordingSink();
  const order: string[] = [];
  const app: AnyApp = function* (_environ, startResponse) {
    startResponse("200 OK", []);
    yield bytes("a");
    order.push(`asked again behind "${sink.body}"`);
    yield bytes("b");
    order.push(`asked again behind "${sink.body}"`);
  };
  await runToEnd(app, { sink });
  expect(order).toEqual(['asked again behind "a"', 'asked again behind "ab"']);
});

test("startResponse need not be called before the iteration starts (PEP 3333, Specification Details)", async () => {
  const app: AnyApp = async function* (_environ, startResponse) {
    yield bytes("");
    await nextTurn();
    startResponse("201 Created", []);
    yield bytes("late");
  };
  expect(await runToEnd(app)).toMatchObject({ status: "201 Created", body: "late" });
});

test("the length of an array is relied on: it becomes the Content-Length (PEP 3333, Specification Details)", async () => {
  const { headers } = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", []);
    return [bytes("four"), bytes(""), bytes("more")];
  });
  expect(headers).toEqual([["Content-Length", "8"]]);
});

describe("close() of the result is called exactly once (PEP 3333, Specification Details)", () => {
  test.each([
    { when: "after the last block", blocks: [bytes("a"), bytes("b")], outcome: "complete" },
    { when: "after an empty body", blocks: [], outcome: "complete" },
    { when: "after a block that is no block", blocks: [bytes("a"), 5], outcome: "app-error" },
  ])("$when", async ({ blocks, outcome }) => {
    let closed = 0;
    const app: AnyApp = (_environ, startResponse) => {
      startResponse("200 OK", []);
      return { [Symbol.iterator]: () => blocks.values(), close: () => (closed += 1) };
    };
    expect(await runToEnd(app)).toMatchObject({ outcome });
    expect(closed).toBe(1);
  });

  test("after an error of the iteration", async () => {
    let closed = 0;
    const body = {
      [Symbol.iterator]: () => ({
        next: () => {
          throw new Error("broken");
        },
      }),
      close: () => (closed += 1),
    };
    const app: AnyApp = (_environ, startResponse) => {
      startResponse("200 OK", []);
      return body;
    };
    expect(await runToEnd(app)).toMatchObject({ outcome: "app-error" });
    expect(closed).toBe(1);
  });

  test("when the client leaves early", async () => {
    let closed = 0;
    const started = startRun((_environ, startResponse) => {
      startResponse("200 OK", []);
      return Object.assign(endless(), { close: () => (closed += 1) });
    });
    await nextTurn();
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone" });
    expect(closed).toBe(1);
  });
});

test("of the result nothing is looked at but how to iterate and how to close it (PEP 3333, Specification Details)", async () => {
  const looked = new Set<PropertyKey>();
  const spy = new Proxy(new Set([bytes("a")]), {
    get: (target, key) => {
      looked.add(key);
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
    has: (target, key) => {
      looked.add(key);
      return Reflect.has(target, key);
    },
  });
  const { body } = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", []);
    return spy;
  });
  expect(body).toBe("a");
  const allowed: readonly PropertyKey[] = [
    "then",
    Symbol.asyncIterator,
    Symbol.iterator,
    "close",
    Symbol.asyncDispose,
    Symbol.dispose,
  ];
  expect([...looked].filter((key) => !allowed.includes(key))).toEqual([]);
});

test("an iteration that is given up early is told so by return(), as the language has it (PEP 3333, Supporting Older (<2.2) Versions of Python)", async () => {
  let returned = 0;
  const { outcome } = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", "1"]]);
    return {
      [Symbol.iterator]: () => ({
        next: repeating(bytes("x")),
        return: () => {
          returned += 1;
          return { done: true, value: undefined };
        },
      }),
    };
  });
  expect(outcome).toBe("complete");
  expect(returned).toBe(1);
});

async function* endless(): AsyncGenerator<Buffer> {
  for (;;) {
    yield bytes("x");
    await nextTurn();
  }
}
