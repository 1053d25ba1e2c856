import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { ProtocolError, UpstreamError, UsageError } from "../../src/errors.ts";
import type { StartResponse } from "../../src/gateway/types.ts";
import { type AnyApp, bytes, ended, nextTurn, runToEnd, startRun } from "./run-gateway.ts";

const boom = new Error("boom: secret");
const page500 = {
  outcome: "app-error",
  status: "500 Internal Server Error",
  headers: [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Length", "22"],
  ],
  body: "Internal Server Error\n",
  ending: "complete",
};
const aborted = { outcome: "app-error", status: "200 OK", ending: "aborted" };

describe("an application that fails before anything was sent is answered with 500", () => {
  const cases: { what: string; app: AnyApp }[] = [
    {
      what: "it throws before startResponse",
      app: () => {
        throw boom;
      },
    },
    {
      what: "it throws after startResponse, whose headers are gone",
      app: (_environ, startResponse) => {
        startResponse("200 OK", [["X-Early", "1"]]);
        throw boom;
      },
    },
    {
      what: "it throws after it wrote nothing",
      app: (_environ, startResponse) => {
        void startResponse("200 OK", [])(bytes(""));
        throw boom;
      },
    },
    { what: "its promise rejects", app: () => Promise.reject(boom) },
    {
      what: "its promise rejects late",
      app: async (_environ, startResponse) => {
        startResponse("200 OK", [["X-Early", "1"]]);
        await nextTurn();
        throw boom;
      },
    },
    {
      what: "its iterable gives no iterator",
      app: responding(() => ({
        [Symbol.iterator]: () => {
          throw boom;
        },
      })),
    },
    {
      what: "its asynchronous iterable gives no iterator",
      app: responding(() => ({
        [Symbol.asyncIterator]: () => {
          throw boom;
        },
      })),
    },
    {
      what: "its first iteration throws",
      app: responding(() => ({ [Symbol.iterator]: () => ({ next: fail }) })),
    },
    {
      what: "its first asynchronous iteration rejects",
      app: responding(() => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(boom) }) })),
    },
    {
      what: "its first asynchronous iteration throws at once",
      app: responding(() => ({ [Symbol.asyncIterator]: () => ({ next: fail }) })),
    },
    {
      what: "it fails behind an empty block",
      app: responding(function* () {
        yield bytes("");
        throw boom;
      }),
    },
    {
      what: "its Node stream fails",
      app: responding(() => new Readable({ read: fail })),
    },
    {
      what: "its web stream fails",
      app: responding(() => new ReadableStream({ pull: (controller) => controller.error(boom) })),
    },
  ];

  test.each(cases)("$what", async ({ app }) => {
    const run = await runToEnd(app);
    expect(run).toMatchObject(page500);
    expect(run.headers).toEqual(page500.headers);
    expect(run.log.lines).toEqual([
      {
        level: "error",
        fields: { err: boom, code: undefined, method: "GET", path: "/" },
        message: "the application failed",
      },
    ]);
  });

  test("and the next request is not harmed", async () => {
    for (const { app } of cases) await runToEnd(app);
    expect(await runToEnd(responding(() => [bytes("hello")]))).toMatchObject({
      outcome: "complete",
      body: "hello",
    });
  });

  test.each([undefined, null, "text", 5])("also when what it throws is %o", async (thrown) => {
    const run = await runToEnd(() => Promise.reject(thrown));
    expect(run).toMatchObject(page500);
    expect(run.log.lines[0]?.fields["err"]).toBe(thrown);
  });
});

describe("an application that fails when the head is on the wire is aborted", () => {
  const cases: { what: string; app: AnyApp }[] = [
    {
      what: "in a generator",
      app: responding(function* () {
        yield bytes("part");
        throw boom;
      }),
    },
    {
      what: "in an async generator",
      app: responding(async function* () {
        yield bytes("part");
        await nextTurn();
        throw boom;
      }),
    },
    {
      what: "behind write()",
      app: (_environ, startResponse) => {
        void startResponse("200 OK", [])(bytes("part"));
        throw boom;
      },
    },
    {
      what: "behind write() and a pause",
      app: async (_environ, startResponse) => {
        await startResponse("200 OK", [])(bytes("part"));
        await nextTurn();
        throw boom;
      },
    },
    {
      what: "in a Node stream",
      app: responding(() => {
        const stream = new Readable({ read: () => undefined });
        stream.push("part");
        setImmediate(() => stream.destroy(boom));
        return stream;
      }),
    },
  ];

  test.each(cases)("$what", async ({ app }) => {
    const run = await runToEnd(app);
    expect(run).toMatchObject({ ...aborted, body: "part" });
    expect(run.log.lines).toMatchObject([{ level: "error", fields: { err: boom } }]);
  });

  test("with a Content-Length too: what was sent stays short of it", async () => {
    const run = await runToEnd(function* (_environ, startResponse) {
      startResponse("200 OK", [["Content-Length", "8"]]);
      yield bytes("part");
      throw boom;
    });
    expect(run).toMatchObject({ ...aborted, body: "part", headers: [["Content-Length", "8"]] });
  });

  test("unless the response is complete: then it stands, and the failure is logged", async () => {
    const run = await runToEnd(function* (_environ, startResponse) {
      startResponse("200 OK", [["Content-Length", "5"]]);
      yield bytes("whole");
      throw boom;
    });
    expect(run).toMatchObject({ outcome: "app-error", status: "200 OK", body: "whole", ending: "complete" });
    expect(run.log.lines).toMatchObject([{ level: "error", fields: { err: boom } }]);
  });
});

describe("errors of ours that the application lets through", () => {
  test.each([
    { code: "UWB_ERR_BODY_TIMEOUT", hint: 408, status: "408 Request Timeout" },
    { code: "UWB_ERR_CHUNK_MALFORMED", hint: undefined, status: "400 Bad Request" },
    { code: "UWB_ERR_BODY_TOO_LARGE", hint: 413, status: "413 Content Too Large" },
  ] as const)("$code of the input is answered with $status", async ({ code, hint, status }) => {
    const at = hint === undefined ? { offset: 3 } : { offset: 3, statusHint: hint };
    const started = startRun(
      async (environ, startResponse) => {
        startResponse("200 OK", []);
        return [await environ["wsgi.input"].read()];
      },
      { vars: { CONTENT_LENGTH: "10", SCRIPT_NAME: "/app", PATH_INFO: "/x" } },
    );
    started.input.fail(new ProtocolError(code, "the peer is at fault", at));
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "app-error", status, ending: "complete" });
    expect(run.body).toBe(`${status.slice(4)}\n`);
    expect(run.log.lines).toEqual([
      {
        level: "warn",
        fields: { code, method: "GET", path: "/app/x" },
        message: "the peer is at fault (at byte 3)",
      },
    ]);
  });

  test("behind the head they abort like any other", async () => {
    const run = await runToEnd(function* (_environ, startResponse) {
      startResponse("200 OK", []);
      yield bytes("part");
      throw new ProtocolError("UWB_ERR_BODY_TIMEOUT", "silent", { offset: 0, statusHint: 408 });
    });
    expect(run).toMatchObject({ ...aborted, body: "part" });
  });

  test.each([
    new UsageError("UWB_ERR_VARS_MALFORMED", "of a call of the codec"),
    new UpstreamError("UWB_ERR_UPSTREAM_CONNECT", "of a call of the client", 503),
  ])("one of another kind is the application's own failure: %o", async (error) => {
    const run = await runToEnd(() => Promise.reject(error));
    expect(run).toMatchObject(page500);
    expect(run.log.lines).toMatchObject([{ level: "error", fields: { err: error, code: error.code } }]);
  });
});

test("a failure is logged with the request it belongs to, whatever the application did to its environ", async () => {
  const app: AnyApp = (environ) => {
    for (const key of Object.keys(environ)) Reflect.deleteProperty(environ, key);
    throw boom;
  };
  const run = await runToEnd(app, {
    vars: { REQUEST_METHOD: "POST", SCRIPT_NAME: "/app", PATH_INFO: "/x" },
  });
  expect(run.log.lines).toMatchObject([{ fields: { method: "POST", path: "/app/x" } }]);
});

function fail(): never {
  throw boom;
}

function responding(body: () => unknown): AnyApp {
  return (_environ, startResponse: StartResponse) => {
    startResponse("200 OK", [["X-Early", "1"]]);
    return body();
  };
}
