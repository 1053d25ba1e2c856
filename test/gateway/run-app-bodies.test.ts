import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { StartResponse } from "../../src/gateway/types.ts";
import { RecordingSink } from "../support/recording-sink.ts";
import { type AnyApp, bytes, nextTurn, runToEnd } from "./run-gateway.ts";

/** Ways to make the body `one`, nothing, `two` out of three blocks. */
const bodies: Record<string, () => unknown> = {
  "an array": () => blocks(),
  "a Set": () => new Set(blocks()),
  "an iterator": () => blocks().values(),
  "a generator": function* () {
    yield* blocks();
  },
  "an async generator": async function* () {
    yield* blocks();
  },
  "a slow async generator": async function* () {
    for (const block of blocks()) {
      await nextTurn();
      yield block;
    }
  },
  "an async generator of promises": async function* () {
    for (const block of blocks()) yield Promise.resolve(block);
  },
  "a Node stream": () => Readable.from(blocks()),
  "a Node stream in byte mode": () => {
    const pushed: (Buffer | null)[] = [...blocks(), null];
    return new Readable({
      read() {
        this.push(pushed.shift());
      },
    });
  },
  "a web stream": () =>
    new ReadableStream({
      start: (controller) => {
        for (const block of blocks()) controller.enqueue(block);
        controller.close();
      },
    }),
  "the body of a Response": () => new Response("onetwo").body,
};

describe.each(Object.entries(bodies))("%s", (_kind, make) => {
  test.each(["returned", "promised", "promised late"])("%s", async (how) => {
    const app: AnyApp = (_environ, startResponse) => {
      startResponse("200 OK", [["X-A", "1"]]);
      if (how === "returned") return make();
      return how === "promised" ? Promise.resolve(make()) : nextTurn().then(make);
    };
    const { outcome, status, body, ending, log } = await runToEnd(app);
    expect({ outcome, status, body, ending }).toEqual({
      outcome: "complete",
      status: "200 OK",
      body: "onetwo",
      ending: "complete",
    });
    expect(log.lines).toEqual([]);
  });

  test("behind what write() sent", async () => {
    const { outcome, body, headers, log } = await runToEnd(async (_environ, startResponse) => {
      const write = startResponse("200 OK", []);
      await write(bytes("zero "));
      await nextTurn();
      void write(bytes("half "));
      return make();
    });
    expect({ outcome, body, headers }).toEqual({
      outcome: "complete",
      body: "zero half onetwo",
      headers: [],
    });
    expect(log.lines).toEqual([]);
  });

  test("with a Content-Length of its own", async () => {
    const { outcome, body, headers, log } = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", [["Content-Length", "6"]]);
      return make();
    });
    expect({ outcome, body, headers }).toEqual({
      outcome: "complete",
      body: "onetwo",
      headers: [["Content-Length", "6"]],
    });
    expect(log.lines).toEqual([]);
  });
});

test("a thenable that is no Promise is waited for", async () => {
  const { body } = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", []);
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
    return { then: (resolve: (body: unknown) => void) => setImmediate(resolve, [bytes("late")]) };
  });
  expect(body).toBe("late");
});

// biome-ignore-start lint/suspicious/noThenProperty: thenables are what is tested
test("a thenable that throws is an application that failed, and harms nobody else", async () => {
  const boom = new Error("boom");
  const run = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", []);
    return {
      then: () => {
        throw boom;
      },
    };
  });
  expect(run).toMatchObject({ outcome: "app-error", status: "500 Internal Server Error" });
  expect(run.log.lines).toMatchObject([{ fields: { err: boom } }]);
});

test("a thenable that settles twice settled the first time", async () => {
  const run = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", []);
    return {
      then: (resolve: (body: unknown) => void, reject: (error: unknown) => void) => {
        resolve(new Set([bytes("first")]));
        resolve(new Set([bytes("second")]));
        reject(new Error("third"));
      },
    };
  });
  expect(run).toMatchObject({ outcome: "complete", body: "first" });
  expect(run.log.lines).toEqual([]);
});
// biome-ignore-end lint/suspicious/noThenProperty: see above

describe("write() alone", () => {
  test("is a whole response, with an empty array behind it", async () => {
    const { outcome, body, headers, ending } = await runToEnd((_environ, startResponse) => {
      const write = startResponse("200 OK", []);
      expect(write(bytes("so"))).toBeUndefined();
      expect(write(bytes("lo"))).toBeUndefined();
      return [];
    });
    expect({ outcome, body, headers, ending }).toEqual({
      outcome: "complete",
      body: "solo",
      headers: [],
      ending: "complete",
    });
  });

  test("of nothing sends nothing", async () => {
    const sink = new RecordingSink();
    const app: AnyApp = (_environ, startResponse) => {
      const write = startResponse("200 OK", []);
      void write(bytes(""));
      expect(sink.isUntouched).toBe(true);
      return [bytes("tail")];
    };
    expect(await runToEnd(app, { sink })).toMatchObject({ body: "tail", headers: [["Content-Length", "4"]] });
  });

  test("ends the response when Content-Length is reached", async () => {
    const sink = new RecordingSink();
    const app: AnyApp = async (_environ, startResponse) => {
      const write = startResponse("200 OK", [["Content-Length", "4"]]);
      void write(bytes("so"));
      expect(sink.ending).toBeUndefined();
      void write(bytes("lo"));
      expect(sink.ending).toBe("complete");
      await nextTurn();
      return [];
    };
    expect(await runToEnd(app, { sink })).toMatchObject({ outcome: "complete", body: "solo" });
  });
});

describe("what leaves together", () => {
  test("the head and the first block", async () => {
    const { sink } = await runToEnd(responding(() => new Set([bytes("a"), bytes("b")])));
    expect(sink.first).toEqual({ bodyLength: undefined, block: bytes("a"), isLast: false });
    expect(sink.blocks).toEqual([bytes("a"), bytes("b")]);
  });

  test("the head, the only block and the end", async () => {
    const { sink } = await runToEnd(responding(() => [bytes("whole")]));
    expect(sink.first).toEqual({ bodyLength: 5, block: bytes("whole"), isLast: true });
  });

  test("the head and the end of an empty body", async () => {
    for (const empty of [[], [bytes("")], [bytes(""), bytes("")]]) {
      const { sink, headers } = await runToEnd(responding(() => empty));
      expect(sink.first).toEqual({ bodyLength: 0, block: undefined, isLast: true });
      expect(headers).toEqual([["Content-Length", "0"]]);
    }
  });

  test("the head and the end of an empty body that is no array, without a Content-Length", async () => {
    const { sink, headers } = await runToEnd(responding(() => new Set([bytes("")])));
    expect(sink.first).toEqual({ bodyLength: undefined, block: undefined, isLast: true });
    expect(headers).toEqual([]);
  });

  test("the last block and the end, when Content-Length is known", async () => {
    const { sink } = await runToEnd(
      responding(() => new Set([bytes("ab"), bytes("cd")]), [["Content-Length", "4"]]),
    );
    expect(sink.first).toEqual({ bodyLength: 4, block: bytes("ab"), isLast: false });
    expect(sink.blocks).toEqual([bytes("ab"), bytes("cd")]);
  });
});

describe("an array", () => {
  test("of small blocks is joined to one", async () => {
    const { sink, headers } = await runToEnd(responding(() => [bytes("a"), bytes("bc"), bytes("def")]));
    expect(sink.blocks).toEqual([bytes("abcdef")]);
    expect(headers).toEqual([["Content-Length", "6"]]);
  });

  test("is joined up to 16 384 bytes, and not one more", async () => {
    const at = await runToEnd(responding(() => [Buffer.alloc(16_383), Buffer.alloc(1)]));
    expect(at.sink.blocks.map((block) => block.length)).toEqual([16_384]);
    const past = await runToEnd(responding(() => [Buffer.alloc(16_384), Buffer.alloc(1)]));
    expect(past.sink.blocks.map((block) => block.length)).toEqual([16_384, 1]);
    expect(past.headers).toEqual([["Content-Length", "16385"]]);
    expect(past.sink.first?.isLast).toBe(false);
    expect(past.outcome).toBe("complete");
  });

  test("of one large block is sent as it is", async () => {
    const { sink, outcome } = await runToEnd(responding(() => [Buffer.alloc(100_000)]));
    expect(sink.first).toMatchObject({ bodyLength: 100_000, isLast: true });
    expect(outcome).toBe("complete");
  });

  test("keeps the Content-Length of the application, however it is spelt", async () => {
    const { headers, sink } = await runToEnd(responding(() => [bytes("hello")], [["content-length", "5"]]));
    expect(headers).toEqual([["content-length", "5"]]);
    expect(sink.first).toMatchObject({ bodyLength: 5, isLast: true });
  });

  test("gets its Content-Length behind the headers of the application", async () => {
    const { headers } = await runToEnd(responding(() => [bytes("hello")], [["X-A", "1"]]));
    expect(headers).toEqual([
      ["X-A", "1"],
      ["Content-Length", "5"],
    ]);
  });

  test("with an element that is no block is refused before anything is sent", async () => {
    const { outcome, status } = await runToEnd(responding(() => [bytes("a"), 5, bytes("b")]));
    expect({ outcome, status }).toEqual({ outcome: "app-error", status: "500 Internal Server Error" });
  });

  test("of a class of its own is an array too", async () => {
    class Blocks extends Array<Buffer> {}
    const { headers, body } = await runToEnd(responding(() => Blocks.from([bytes("a"), bytes("b")])));
    expect({ headers, body }).toEqual({ headers: [["Content-Length", "2"]], body: "ab" });
  });
});

test("any Uint8Array is a block, a view of a larger buffer too", async () => {
  const memory = new Uint8Array([1, 2, 3, 4, 5]);
  const { body } = await runToEnd(responding(() => new Set([memory.subarray(1, 3), new Uint8Array([9])])));
  expect(body).toBe("\u0002\u0003\u0009");
});

test("empty blocks between others send nothing", async () => {
  const { sink } = await runToEnd(
    responding(() => new Set([bytes(""), bytes("a"), bytes(""), bytes("b"), bytes("")])),
  );
  expect(sink.blocks).toEqual([bytes("a"), bytes("b")]);
});

test("4 MiB in blocks of 64 KiB arrive whole", async () => {
  const { outcome, sink } = await runToEnd(
    responding(function* () {
      for (let count = 0; count < 64; count += 1) yield Buffer.alloc(65_536, "A");
    }),
  );
  expect(outcome).toBe("complete");
  expect(sink.blocks).toHaveLength(64);
  expect(sink.body.length).toBe(4_194_304);
});

function blocks(): Buffer[] {
  return [bytes("one"), bytes(""), bytes("two")];
}

function responding(body: () => unknown, headers: Parameters<StartResponse>[1] = []): AnyApp {
  return (_environ, startResponse) => {
    startResponse("200 OK", headers);
    return body();
  };
}
