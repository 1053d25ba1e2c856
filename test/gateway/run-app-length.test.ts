import { describe, expect, test } from "vitest";
import type { Environ, StartResponse } from "../../src/gateway/types.ts";
import { type AnyApp, bytes, ENDLESS, ended, nextTurn, runToEnd, startRun } from "./run-gateway.ts";

type Headers = Parameters<StartResponse>[1];

describe("a body that is longer than its Content-Length", () => {
  test.each([
    { what: "a block too many", length: 5, blocks: ["hello", "world"], body: "hello" },
    { what: "a block too long", length: 7, blocks: ["helloworld"], body: "hellowo" },
    { what: "the second block too long", length: 7, blocks: ["hello", "world"], body: "hellowo" },
    { what: "all of it", length: 0, blocks: ["hello"], body: "" },
  ])("is cut, and logged: $what", async ({ length, blocks, body }) => {
    for (const kind of ["an array", "a generator", "an async generator"]) {
      const given = { "Content-Length": String(length) };
      const run = await runToEnd(responding(Object.entries(given), bodyOf(kind, blocks)));
      expect(run).toMatchObject({ outcome: "complete", body, ending: "complete" });
      expect(run.headers).toEqual(Object.entries(given));
      expect(run.log.lines).toEqual([
        {
          level: "warn",
          fields: { bytesSent: length, method: "GET", path: "/" },
          message: "the body is longer than its Content-Length, the rest was cut",
        },
      ]);
    }
  });

  test("in an array of large blocks is cut too", async () => {
    const run = await runToEnd(
      responding([["Content-Length", "20001"]], () => [Buffer.alloc(20_000), Buffer.alloc(20_000)]),
    );
    expect(run.sink.blocks.map((block) => block.length)).toEqual([20_000, 1]);
    expect(run).toMatchObject({ outcome: "complete", ending: "complete" });
  });

  test.each(["a generator", "an async generator"])(
    "is asked for one block beyond, and then no more: %s",
    async (kind) => {
      let [pulled, returned] = [0, 0];
      const { body } = await runToEnd(
        responding([["Content-Length", "3"]], () => {
          const step = () => {
            pulled += 1;
            return { done: pulled > ENDLESS, value: bytes(pulled === 1 ? "abc" : "x") };
          };
          const stop = () => {
            returned += 1;
            return { done: true, value: undefined };
          };
          return kind === "a generator"
            ? { [Symbol.iterator]: () => ({ next: step, return: stop }) }
            : { [Symbol.asyncIterator]: () => ({ next: async () => step(), return: async () => stop() }) };
        }),
      );
      expect({ body, pulled, returned }).toEqual({ body: "abc", pulled: 2, returned: 1 });
    },
  );

  test("by empty blocks only is not longer", async () => {
    let pulled = 0;
    const { outcome, log } = await runToEnd(
      responding([["Content-Length", "3"]], function* () {
        for (const text of ["abc", "", ""]) {
          pulled += 1;
          yield bytes(text);
        }
      }),
    );
    expect({ outcome, pulled, lines: log.lines }).toEqual({ outcome: "complete", pulled: 3, lines: [] });
  });

  test("may have work to do behind its last block: it is asked once more", async () => {
    let isDone = false;
    const { outcome, log } = await runToEnd(
      responding([["Content-Length", "3"]], async function* () {
        yield bytes("abc");
        await nextTurn();
        isDone = true;
      }),
    );
    expect({ outcome, isDone, lines: log.lines }).toEqual({ outcome: "complete", isDone: true, lines: [] });
  });
});

describe("write() of more than Content-Length", () => {
  test.each([
    { what: "nothing is left", length: 5, sent: "hello", refused: "world" },
    { what: "less is left", length: 7, sent: "hello", refused: "world" },
    { what: "by one byte", length: 9, sent: "hello", refused: "world" },
    { what: "all of it", length: 0, sent: "", refused: "x" },
  ])("throws and sends nothing of it: $what", async ({ length, sent, refused }) => {
    const { body, log } = await runToEnd((_environ, startResponse) => {
      const write = startResponse("200 OK", [["Content-Length", String(length)]]);
      void write(bytes(sent));
      void write(bytes(refused));
      return [];
    });
    expect(body).toBe(length === 0 ? "Internal Server Error\n" : sent);
    expect(log.codes).toEqual(["UWB_ERR_TOO_MUCH"]);
  });

  test("up to its last byte is fine", async () => {
    const { outcome, body } = await runToEnd((_environ, startResponse) => {
      const write = startResponse("200 OK", [["Content-Length", "10"]]);
      void write(bytes("hello"));
      void write(bytes("world"));
      void write(bytes(""));
      return [];
    });
    expect({ outcome, body }).toEqual({ outcome: "complete", body: "helloworld" });
  });

  test.each([
    { behind: "nothing", body: () => [] },
    { behind: "an array", body: () => [bytes("more")] },
    { behind: "an iterable", body: () => new Set([bytes("more")]) },
  ])(
    "that the application swallows is a warning, and what was sent stands, $behind behind it",
    async ({ body }) => {
      const run = await runToEnd((_environ, startResponse) => {
        const write = startResponse("200 OK", [["Content-Length", "5"]]);
        void write(bytes("hello"));
        expect(() => write(bytes("world"))).toThrow(expect.objectContaining({ name: "UsageError" }));
        return body();
      });
      expect(run).toMatchObject({ outcome: "complete", body: "hello" });
      expect(run.log.lines).toMatchObject([{ level: "warn", fields: { bytesSent: 5 } }]);
    },
  );

  test.each([
    { what: "with a Content-Length", body: () => [bytes("in time")] },
    { what: "without one", body: () => new Set([bytes("in time")]) },
  ])("after the end is refused, and does not reach the wire, $what", async ({ body }) => {
    let late: unknown;
    const started = startRun((_environ, startResponse) => {
      const write = startResponse("200 OK", []);
      setImmediate(() => {
        try {
          void write(bytes("late"));
        } catch (error) {
          late = error;
        }
      });
      return body();
    });
    expect((await ended(started)).body).toBe("in time");
    await nextTurn();
    expect(late).toMatchObject({ code: "UWB_ERR_TOO_MUCH" });
    expect(started.sink.body).toBe("in time");
  });
});

describe("a body that is shorter than its Content-Length", () => {
  test.each(["an array", "a generator", "an async generator"])("is aborted, and logged: %s", async (kind) => {
    const run = await runToEnd(responding([["Content-Length", "8"]], bodyOf(kind, ["part"])));
    expect(run).toMatchObject({ outcome: "short-body", status: "200 OK", body: "part", ending: "aborted" });
    expect(run.log.lines).toEqual([
      {
        level: "warn",
        fields: { bytesSent: 4, method: "GET", path: "/" },
        message: "the body is shorter than its Content-Length",
      },
    ]);
  });

  test("and nothing of it was sent: an error page", async () => {
    const run = await runToEnd(responding([["Content-Length", "8"]], () => []));
    expect(run).toMatchObject({ outcome: "short-body", ...page500 });
  });

  test("by one byte is short, and by none is not", async () => {
    const short = await runToEnd(responding([["Content-Length", "5"]], () => new Set([bytes("four")])));
    expect(short.outcome).toBe("short-body");
    const whole = await runToEnd(responding([["Content-Length", "4"]], () => new Set([bytes("four")])));
    expect(whole.outcome).toBe("complete");
  });

  test("written and not finished is short too", async () => {
    const run = await runToEnd((_environ, startResponse) => {
      const write = startResponse("200 OK", [["Content-Length", "8"]]);
      void write(bytes("part"));
      return [];
    });
    expect(run).toMatchObject({ outcome: "short-body", body: "part", ending: "aborted" });
  });
});

describe("Content-Length", () => {
  test.each(["abc", "-1", "5 5"])("of %o is answered with 500", async (value) => {
    const run = await runToEnd(responding([["Content-Length", value]], () => [bytes("hello")]));
    expect(run).toMatchObject({ outcome: "app-error", ...page500 });
  });

  test("twice the same goes out once", async () => {
    const twice: Headers = [
      ["Content-Length", "5"],
      ["content-length", "5"],
    ];
    const run = await runToEnd(responding(twice, () => [bytes("hello")]));
    expect(run).toMatchObject({ outcome: "complete", headers: [["Content-Length", "5"]], body: "hello" });
  });
});

describe("a response without a body", () => {
  const cases = [
    { what: "HEAD", method: "HEAD", status: "200 OK", headers: [], sent: [] },
    {
      what: "HEAD with a length",
      method: "HEAD",
      status: "200 OK",
      headers: [["Content-Length", "5"]],
      sent: [["Content-Length", "5"]],
    },
    {
      what: "HEAD with another length",
      method: "HEAD",
      status: "404 Not Found",
      headers: [["Content-Length", "99"]],
      sent: [["Content-Length", "99"]],
    },
    { what: "204", method: "GET", status: "204 No Content", headers: [], sent: [] },
    {
      what: "204 with a length",
      method: "GET",
      status: "204 No Content",
      headers: [["Content-Length", "5"]],
      sent: [],
    },
    {
      what: "304 with a length",
      method: "GET",
      status: "304 Not Modified",
      headers: [
        ["ETag", '"v"'],
        ["Content-Length", "5"],
      ],
      sent: [
        ["ETag", '"v"'],
        ["Content-Length", "5"],
      ],
    },
  ] as const;

  describe.each(cases)("$what", ({ method, status, headers, sent }) => {
    const setup = { vars: { REQUEST_METHOD: method } };
    const app = (body: () => unknown) => (_environ: Environ, startResponse: StartResponse) => {
      startResponse(status, headers);
      return body();
    };

    test.each([
      { kind: "an array", blocks: [] },
      { kind: "an array", blocks: ["hello"] },
      { kind: "an array", blocks: ["hello", "world"] },
      { kind: "an array", blocks: ["a".repeat(10_000), "b".repeat(10_000)] },
      { kind: "a generator", blocks: [] },
      { kind: "a generator", blocks: ["hello"] },
      { kind: "an async generator", blocks: ["hello", "world"] },
    ])("sends its head and nothing else: $kind, $blocks.length blocks", async ({ kind, blocks }) => {
      const run = await runToEnd(app(bodyOf(kind, blocks)), setup);
      expect(run).toMatchObject({ outcome: "complete", status, body: "", ending: "complete" });
      expect(run.headers).toEqual(sent);
      expect(run.sink.first).toMatchObject({ block: undefined, isLast: true });
      expect(run.log.lines).toEqual([]);
    });

    test("asks for one block that is not empty at most, and closes the body", async () => {
      let [pulled, closed] = [0, 0];
      const body = {
        *[Symbol.iterator]() {
          for (const text of ["", "a", "b", "c"]) {
            pulled += 1;
            yield bytes(text);
          }
        },
        close: () => {
          closed += 1;
        },
      };
      await runToEnd(
        app(() => body),
        setup,
      );
      expect({ pulled, closed }).toEqual({ pulled: 2, closed: 1 });
    });

    test("takes what is written, as much as it likes, and sends none of it", async () => {
      const started = startRun((_environ, startResponse) => {
        const write = startResponse(status, headers);
        void write(bytes("hello"));
        void write(bytes("world, and more than announced"));
        return [];
      }, setup);
      const run = await ended(started);
      expect(run).toMatchObject({ outcome: "complete", status, body: "", ending: "complete" });
      expect(run.log.lines).toEqual([]);
    });
  });

  test("becomes one with a body when the status is corrected", async () => {
    const run = await runToEnd((_environ, startResponse) => {
      startResponse("204 No Content", []);
      startResponse("500 Oops", [], new Error("x"));
      return [bytes("sorry")];
    });
    expect(run).toMatchObject({ status: "500 Oops", body: "sorry", headers: [["Content-Length", "5"]] });
  });

  test("an error page for HEAD has its length and no body", async () => {
    const run = await runToEnd(
      () => {
        throw new Error("x");
      },
      { vars: { REQUEST_METHOD: "HEAD" } },
    );
    expect(run).toMatchObject({ outcome: "app-error", status: "500 Internal Server Error", body: "" });
    expect(run.sink.first).toEqual({ bodyLength: 22, block: undefined, isLast: true });
  });

  test.each(["206 Partial Content", "302 Found"] as const)(
    "%s is no such response: its body is sent",
    async (status) => {
      const run = await runToEnd((_environ, startResponse) => {
        startResponse(status, []);
        return [bytes("body")];
      });
      expect(run.body).toBe("body");
    },
  );
});

const page500 = { status: "500 Internal Server Error", body: "Internal Server Error\n", ending: "complete" };

function responding(headers: Headers, body: () => unknown): AnyApp {
  return (_environ, startResponse) => {
    startResponse("200 OK", headers);
    return body();
  };
}

function bodyOf(kind: string, texts: readonly string[]): () => unknown {
  const blocks = texts.map(bytes);
  if (kind === "an array") return () => blocks;
  if (kind === "a generator") {
    return function* () {
      yield* blocks;
    };
  }
  return async function* () {
    yield* blocks;
  };
}
