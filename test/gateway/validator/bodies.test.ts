import { describe, expect, test } from "vitest";
import { type AnyApp, bytes, ended, nextTurn, startRun, valuesOf } from "../run-gateway.ts";
import { asynchronous, bodyBehindWrite, iteratorOf } from "./body-cases.ts";
import { answering, Lab, newEnviron, newStartResponse, textHeaders } from "./lab.ts";

describe("an array", () => {
  test("stays one, so that the server can count its bytes", async () => {
    const { headers } = await new Lab().run(answering(() => [bytes("hel"), bytes("lo")]));
    expect(valuesOf(headers, "Content-Length")).toEqual(["5"]);
  });

  test("of the application is not touched, it may be a constant", async () => {
    const constant = [bytes("hello")];
    const lab = new Lab();
    const app = lab.wrap(answering(() => constant));
    for (let count = 0; count < 2; count += 1) {
      expect(await ended(startRun(app))).toMatchObject({ body: "hello", outcome: "complete" });
    }
    expect(Object.keys(constant)).toEqual(["0"]);
    expect(lab.warnings).toEqual([]);
  });
});

describe("what is refused is closed all the same, once, and after it has returned", () => {
  const closing = (order: string[], body: object): object =>
    Object.assign(body, {
      close: async () => {
        order.push("close");
        await nextTurn();
        order.push("closed");
      },
    });

  test.each([
    { what: "an array with a string in it", body: () => ["text"], order: ["close", "closed"] },
    { what: "no body at all", body: () => ({}), order: ["close", "closed"] },
    { what: "an iterable", body: () => new Set(["text"]), order: ["close", "closed"] },
    {
      what: "a generator",
      body: (order: string[]) => generator(order),
      order: ["finally", "close", "closed"],
    },
    {
      what: "an async generator",
      body: (order: string[]) => asyncGenerator(order),
      order: ["return", "finally", "close", "closed"],
    },
  ])("$what", async ({ body, order }) => {
    const seen: string[] = [];
    await expect(new Lab().run(answering(() => closing(seen, body(seen))))).rejects.toThrow(/^A(63|70) /);
    await nextTurn();
    expect(seen).toEqual(order);
  });

  test("and what fails meanwhile does not hide the fault", async () => {
    const failing = (): never => {
      throw new Error("boom");
    };
    const body = { ...asynchronous([]), close: failing };
    const iterator = { next: () => ({ done: false, value: "text" }), return: failing };
    const bodies = [
      Object.assign(["text"], { close: failing }),
      Object.assign(["text"], { close: () => Promise.reject(new Error("boom")) }),
      { ...body, [Symbol.asyncIterator]: () => iterator },
      {
        ...body,
        [Symbol.asyncIterator]: () => ({ ...iterator, return: () => Promise.reject(new Error("x")) }),
      },
      { [Symbol.iterator]: () => iterator },
    ];
    for (const given of bodies) {
      await expect(new Lab().run(answering(() => given))).rejects.toThrow(/^A70 /);
    }
  });

  test("but not waited for: the error page leaves before", async () => {
    const body = Object.assign(
      asynchronousIterator(() => new Promise(() => undefined)),
      { close: () => undefined },
    );
    const started = startRun(new Lab().wrap(answering(() => body)));
    await nextTurn();
    expect(started.sink.head?.status).toBe(500);
  });

  function* generator(order: string[]): Generator<string> {
    try {
      yield "text";
    } finally {
      order.push("finally");
    }
  }

  async function* asyncGenerator(order: string[]): AsyncGenerator<string> {
    try {
      yield "text";
    } finally {
      order.push("return");
      await nextTurn();
      order.push("finally");
    }
  }

  function asynchronousIterator(returning: () => unknown): object {
    const iterator = { next: () => ({ done: false, value: "text" }), return: returning };
    return { [Symbol.asyncIterator]: () => iterator };
  }
});

describe("close()", () => {
  test.each([
    { what: "an array", body: () => [bytes("x")] },
    { what: "an iterable", body: () => new Set([bytes("x")]) },
    { what: "an async iterable", body: () => asynchronous([bytes("x")]) },
  ])(
    "of the application is called when the server calls it, and its promise handed on: $what",
    ({ body }) => {
      const promise = Promise.resolve();
      let calls = 0;
      const close = (): Promise<void> => {
        calls += 1;
        return promise;
      };
      const guard = new Lab().body(Object.assign(body(), { close }));
      expect(calls).toBe(0);
      expect(guard.close()).toBe(promise);
      expect(calls).toBe(1);
    },
  );

  test("is the disposal that the server would use", () => {
    const seen: string[] = [];
    const body = {
      *[Symbol.iterator]() {},
      [Symbol.asyncDispose ?? "close"]: () => seen.push("async"),
      [Symbol.dispose ?? "unused"]: () => seen.push("sync"),
    };
    new Lab().body(body).close();
    expect(seen).toEqual(["async"]);
  });

  test("is not the disposal that the language gives to generators", () => {
    const seen: string[] = [];
    const body = (function* () {
      try {
        yield bytes("x");
      } finally {
        seen.push("finally");
      }
    })();
    const guard = new Lab().body(body);
    iteratorOf(guard).next();
    guard.close();
    expect(seen).toEqual([]);
  });
});

describe("the iterator of a guard", () => {
  test("can be iterated itself, once more than its body", async () => {
    const lab = new Lab();
    const sync = lab.body(new Set([bytes("a")]))[Symbol.iterator]?.() as unknown as Iterable<unknown>;
    expect([...sync]).toEqual([bytes("a")]);
    const async = lab
      .body(asynchronous([bytes("a")]))
      [Symbol.asyncIterator]?.() as unknown as AsyncIterable<unknown>;
    for await (const block of async) expect(block).toEqual(bytes("a"));
  });

  test("offers the way of iterating that the server would choose", () => {
    const lab = new Lab();
    expect(Symbol.asyncIterator in lab.body(new Set())).toBe(false);
    expect(Symbol.iterator in lab.body(asynchronous([]))).toBe(false);
    expect(Symbol.iterator in lab.body({ ...asynchronous([]), *[Symbol.iterator]() {} })).toBe(false);
  });

  test("hands return() on", async () => {
    const seen: unknown[] = [];
    const iterator = {
      next: () => ({ done: false, value: bytes("x") }),
      return: (value: unknown) => {
        seen.push(value);
        return { done: true, value: "returned" };
      },
    };
    const lab = new Lab();
    expect(iteratorOf(lab.body({ [Symbol.iterator]: () => iterator })).return?.()).toEqual({
      done: true,
      value: "returned",
    });
    expect(await iteratorOf(lab.body({ [Symbol.asyncIterator]: () => iterator })).return?.()).toEqual({
      done: true,
      value: "returned",
    });
    expect(seen).toEqual([undefined, undefined]);
  });

  test("takes return() also when there is none behind it", async () => {
    const iterator = { next: () => ({ done: false, value: bytes("x") }) };
    const lab = new Lab();
    const nothing = { done: true, value: undefined };
    expect(iteratorOf(lab.body({ [Symbol.iterator]: () => iterator })).return?.()).toEqual(nothing);
    expect(await iteratorOf(lab.body({ [Symbol.asyncIterator]: () => iterator })).return?.()).toEqual(
      nothing,
    );
  });

  test("may be told to return while a block is pending", async () => {
    const body = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) };
    const lab = new Lab();
    const iterator = iteratorOf(lab.body(body));
    void iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
  });

  test("goes on behind a next() that failed", async () => {
    let calls = 0;
    const next = async (): Promise<unknown> => {
      calls += 1;
      if (calls === 1) throw new Error("boom");
      return { done: false, value: bytes("x") };
    };
    const iterator = iteratorOf(new Lab().body({ [Symbol.asyncIterator]: () => ({ next }) }));
    await expect(iterator.next()).rejects.toThrow("boom");
    expect(await iterator.next()).toMatchObject({ value: bytes("x") });
  });
});

describe("S45: reading ahead of the connection", () => {
  const pending = (): Promise<void> => new Promise(() => undefined);
  const pulls = (body: ReturnType<typeof bodyBehindWrite>, count: number): unknown => {
    const iterator = iteratorOf(body);
    for (let pull = 1; pull < count; pull += 1) iterator.next();
    return iterator.next();
  };

  test("does not begin with the first block, which write() could not wait for", () => {
    expect(pulls(bodyBehindWrite(new Lab(), pending), 1)).toMatchObject({ value: bytes("a") });
  });

  test("is no matter when write() found room", () => {
    expect(
      pulls(
        bodyBehindWrite(new Lab(), () => undefined),
        3,
      ),
    ).toMatchObject({ done: true });
  });

  test.each([() => Promise.resolve(), () => Promise.reject(new Error("gone"))])(
    "is over when the promise settles",
    async (write) => {
      const iterator = iteratorOf(bodyBehindWrite(new Lab(), write));
      iterator.next();
      await nextTurn();
      expect(iterator.next()).toMatchObject({ value: bytes("b") });
    },
  );

  test("goes on until the last of several promises settles", async () => {
    const writes = [Promise.resolve(), new Promise<void>(() => undefined)];
    const app: AnyApp = (_environ, startResponse) => {
      const write = startResponse("200 OK", textHeaders);
      void write(bytes("one"));
      void write(bytes("two"));
      return new Set([bytes("a"), bytes("b")]);
    };
    const body = new Lab().call(app, newEnviron(), () => () => writes.shift());
    const iterator = iteratorOf(body as never);
    iterator.next();
    await nextTurn();
    expect(() => iterator.next()).toThrow(/^S45 /);
  });

  test("is not what happens with empty blocks, which are never sent", () => {
    const blocks = [bytes(""), bytes(""), bytes("a")];
    expect(pulls(bodyBehindWrite(new Lab(), pending, { blocks }), 3)).toMatchObject({ value: bytes("a") });
  });

  test("is not what happens behind Content-Length, where the server looks for more than was announced", () => {
    const headers: [string, string][] = [["Content-Length", "8"]];
    const given = { headers, blocks: [bytes("a")] };
    expect(pulls(bodyBehindWrite(new Lab(), pending, given), 2)).toMatchObject({ done: true });
  });
});

test("a body is not warned of when the server closes it early", async () => {
  const lab = new Lab();
  const guard = lab.body(new Set([bytes("a"), bytes("b")]), newStartResponse());
  iteratorOf(guard).next();
  guard.close();
  expect(lab.warnings).toEqual([]);
});
