import { describe, expect, test } from "vitest";
import { type FetchHandler, fromFetch } from "../../../src/adapters/index.ts";
import { ConfigError, UsageError } from "../../../src/errors.ts";
import { nextTurn, runToEnd } from "../../gateway/run-gateway.ts";
import { type AnyHandler, kinds, restoreGlobalsAfterEach, runFetch, streamOf } from "./run.ts";

restoreGlobalsAfterEach();

const page500 = {
  status: "500 Internal Server Error",
  body: "Internal Server Error\n",
  outcome: "app-error",
  ending: "complete",
};
const secret = new Error("secret");

const failures: readonly { what: string; handler: AnyHandler; error: object }[] = [
  {
    what: "throws",
    handler: () => {
      throw secret;
    },
    error: secret,
  },
  { what: "rejects", handler: () => Promise.reject(secret), error: secret },
  {
    what: "rejects later",
    handler: async () => {
      await nextTurn();
      throw secret;
    },
    error: secret,
  },
  ...[undefined, null, "text", 5, {}, [], { status: 200 }, { status: 200, headers: {}, body: null }].map(
    (value) => ({
      what: `returns ${JSON.stringify(value)}`,
      handler: () => value,
      error: expect.objectContaining({ code: "UWB_ERR_RESULT" }),
    }),
  ),
  {
    what: "returns a Response with a body that is no stream",
    handler: () => ({ status: 200, headers: new Headers(), body: "text" }),
    error: expect.objectContaining({ code: "UWB_ERR_RESULT" }),
  },
  {
    what: "resolves to nothing",
    handler: () => Promise.resolve(),
    error: expect.objectContaining({ code: "UWB_ERR_RESULT" }),
  },
  {
    what: "returns a Response that was read",
    handler: async () => {
      const response = new Response("body");
      await response.text();
      return response;
    },
    error: expect.objectContaining({ code: "UWB_ERR_RESULT" }),
  },
  {
    what: "returns a Response of which a part was read",
    handler: async () => {
      const response = new Response(streamOf("a", "b"));
      const reader = response.body?.getReader();
      await reader?.read();
      reader?.releaseLock();
      return response;
    },
    error: expect.objectContaining({ code: "UWB_ERR_RESULT" }),
  },
  {
    what: "returns a Response that somebody else reads",
    handler: () => {
      const response = new Response("body");
      response.body?.getReader();
      return response;
    },
    error: expect.objectContaining({ code: "UWB_ERR_RESULT" }),
  },
  {
    what: "returns Response.error()",
    handler: () => Response.error(),
    error: expect.objectContaining({ code: "UWB_ERR_STATUS" }),
  },
  {
    what: "returns status 101",
    handler: () => ({ status: 101, statusText: "", headers: new Headers(), body: null }),
    error: expect.objectContaining({ code: "UWB_ERR_STATUS" }),
  },
  {
    what: "returns status 103 with a reason",
    handler: () => ({ status: 103, statusText: "Early Hints", headers: new Headers(), body: null }),
    error: expect.objectContaining({ code: "UWB_ERR_STATUS" }),
  },
  {
    what: "returns status 1000",
    handler: () => ({ status: 1000, headers: new Headers(), body: null }),
    error: expect.objectContaining({ code: "UWB_ERR_STATUS" }),
  },
  {
    what: "makes a Response with status 101",
    handler: () => new Response(null, { status: 101 }),
    error: expect.any(RangeError),
  },
  {
    what: "makes a Response of 204 with a body",
    handler: () => new Response("x", { status: 204 }),
    error: expect.any(TypeError),
  },
  {
    what: "returns a header with a control character",
    handler: () => new Response("x", { headers: { "X-A": "a\u0001b" } }),
    error: expect.objectContaining({ code: "UWB_ERR_HEADER_VALUE" }),
  },
  {
    what: "returns a Content-Length that is no number",
    handler: () => new Response("x", { headers: { "Content-Length": "abc" } }),
    error: expect.objectContaining({ code: "UWB_ERR_CONTENT_LENGTH" }),
  },
];

describe.each(kinds)("%s", (kind) => {
  test.each(failures)(
    "a handler that $what is answered 500, and the gateway logs why",
    async ({ handler, error }) => {
      const run = await runFetch(handler, { kind });
      expect(run).toMatchObject(page500);
      expect(run.log.lines).toEqual([
        {
          level: "error",
          fields: expect.objectContaining({ err: error, path: "/" }),
          message: expect.any(String),
        },
      ]);
      expect(run.errorLines).toEqual([]);
      expect(JSON.stringify([run.headers, run.body])).not.toContain("secret");
    },
  );

  test.each(failures)(
    "onError answers for one that $what, and the error is written to wsgi.errors",
    async ({ handler, error }) => {
      const told: unknown[] = [];
      const onError = (caught: unknown): Response => {
        told.push(caught);
        return new Response("sorry", { status: 503, headers: { "X-A": "1" } });
      };
      const run = await runFetch(handler, { kind, onError });
      expect(run).toMatchObject({ status: "503 Service Unavailable", body: "sorry", outcome: "complete" });
      expect(run.headers).toContainEqual(["x-a", "1"]);
      expect(told).toEqual([error]);
      expect(run.log.lines).toEqual([]);
      expect(run.errorLines[0]).toMatch(/^the fetch handler failed: .*Error/);
    },
  );

  test("the stack of the error is written too", async () => {
    const onError = (): Response => new Response("sorry");
    const run = await runFetch(() => Promise.reject(secret), { kind, onError });
    expect(run.errorLines.join("\n")).toMatch(/secret\n +at .*errors\.test/);
  });

  test.each([
    ["throws", () => raise(new Error("twice"))],
    ["rejects", () => Promise.reject(new Error("twice"))],
    ["rejects later", () => nextTurn().then(() => raise(new Error("twice")))],
    ["returns no Response", () => undefined as unknown as Response],
  ])("an onError that %s is answered 500", async (_what, onError) => {
    const run = await runFetch(() => Promise.reject(secret), { kind, onError });
    expect(run).toMatchObject(page500);
    expect(run.log.lines).toHaveLength(1);
    expect(run.log.lines).toMatchObject([
      { fields: { err: { message: expect.stringMatching(/twice|Response/) } } },
    ]);
  });

  test("onError may take its time", async () => {
    const onError = async (): Promise<Response> => {
      await nextTurn();
      return new Response("late");
    };
    expect(await runFetch(() => raise(secret), { kind, onError })).toMatchObject({
      status: "200 OK",
      body: "late",
    });
  });

  test("onError is not asked when there is no request to answer", async () => {
    let calls = 0;
    const onError = (): Response => {
      calls += 1;
      return new Response("sorry");
    };
    const run = await runFetch(() => new Response("x"), { kind, onError, vars: { HTTP_HOST: "no host" } });
    expect(run).toMatchObject({ status: "400 Bad Request" });
    expect(calls).toBe(0);
  });

  test("a thrown Response is an error like any other", async () => {
    const run = await runFetch(() => raise(new Response("thrown", { status: 404 })), { kind });
    expect(run).toMatchObject(page500);
  });

  test("a body that can not be announced is cancelled", async () => {
    const cancelled: unknown[] = [];
    const body = new ReadableStream({ cancel: (reason) => void cancelled.push(reason) });
    const run = await runFetch(() => new Response(body, { headers: { "Content-Length": "x" } }), { kind });
    expect(run).toMatchObject(page500);
    expect(cancelled).toEqual([expect.any(UsageError)]);
  });

  test("the same Response twice: its body is gone, the second time it is refused", async () => {
    const shared = new Response("shared");
    expect(await runFetch(() => shared, { kind })).toMatchObject({ status: "200 OK", body: "shared" });
    expect(await runFetch(() => shared, { kind })).toMatchObject(page500);
    const empty = new Response(null);
    for (let count = 0; count < 2; count += 1) {
      expect(await runFetch(() => empty, { kind })).toMatchObject({ status: "200 OK", body: "" });
    }
  });
});

describe("fromFetch", () => {
  test.each([
    ["an object with fetch", { fetch: () => new Response("ok") }],
    ["a function", () => new Response("ok")],
    ["a function with fetch", Object.assign(() => "wrong", { fetch: () => new Response("ok") })],
    [
      "an object that needs its this",
      new (class {
        readonly text = "ok";
        fetch(): Response {
          return new Response(this.text);
        }
      })(),
    ],
  ])("takes %s", async (_what, target) => {
    const run = await runToEnd(fromFetch(target as FetchHandler));
    expect(run).toMatchObject({ status: "200 OK", body: "ok" });
  });

  test("looks fetch up at each call, so that it may be replaced", async () => {
    const target = { fetch: () => new Response("old") };
    const app = fromFetch(target);
    target.fetch = () => new Response("new");
    expect(await runToEnd(app)).toMatchObject({ body: "new" });
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["text", "app"],
    ["an object without fetch", {}],
    ["an object whose fetch is none", { fetch: 5 }],
  ])("refuses %s", (_what, target) => {
    expect(() => fromFetch(target as unknown as FetchHandler)).toThrow(
      expect.objectContaining({ name: "ConfigError", code: "UWB_ERR_CONFIG", option: "target" }),
    );
  });

  test("refuses a kind of Request it does not know, and patches nothing", () => {
    const before = globalThis.Response;
    const handler = () => new Response("x");
    expect(() => fromFetch(handler, { requestObject: "heavy" as "light" })).toThrow(ConfigError);
    expect(globalThis.Response).toBe(before);
  });
});

function raise(error: unknown): never {
  throw error;
}
