import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { type AnyApp, bytes, runToEnd } from "./run-gateway.ts";

const boom = new Error("boom");
const page500 = {
  outcome: "app-error",
  status: "500 Internal Server Error",
  body: "Internal Server Error\n",
  ending: "complete",
};
const aborted = { outcome: "app-error", status: "200 OK", ending: "aborted" };

describe("the contract with startResponse", () => {
  test.each([
    { what: "a status without a reason", status: "200", headers: [], code: "UWB_ERR_STATUS" },
    { what: "a status with CR LF", status: "200 OK\r\nX-I: 1", headers: [], code: "UWB_ERR_STATUS" },
    { what: "status 100", status: "100 Continue", headers: [], code: "UWB_ERR_STATUS" },
    {
      what: "a value with CR LF",
      status: "200 OK",
      headers: [["X", "a\r\nY: 1"]],
      code: "UWB_ERR_HEADER_VALUE",
    },
    { what: "a value of U+20AC", status: "200 OK", headers: [["X", "\u20ac"]], code: "UWB_ERR_HEADER_VALUE" },
    { what: "a value of 5", status: "200 OK", headers: [["X", 5]], code: "UWB_ERR_HEADER_VALUE" },
    { what: "a bad name", status: "200 OK", headers: [["X Bad:", "v"]], code: "UWB_ERR_HEADER_NAME" },
    { what: "a header Status", status: "200 OK", headers: [["Status", "404"]], code: "UWB_ERR_HEADER_NAME" },
    {
      what: "Transfer-Encoding",
      status: "200 OK",
      headers: [["Transfer-Encoding", "chunked"]],
      code: "UWB_ERR_HOP_BY_HOP",
    },
    { what: "Upgrade", status: "200 OK", headers: [["Upgrade", "h2c"]], code: "UWB_ERR_HOP_BY_HOP" },
    {
      what: "Content-Length abc",
      status: "200 OK",
      headers: [["Content-Length", "abc"]],
      code: "UWB_ERR_CONTENT_LENGTH",
    },
    { what: "no list of headers", status: "200 OK", headers: undefined, code: "UWB_ERR_HEADERS" },
  ])("$what is answered with 500, and $code is logged", async ({ status, headers, code }) => {
    const run = await runToEnd((_environ, startResponse) => {
      Reflect.apply(startResponse, undefined, [status, headers]);
      return [bytes("x")];
    });
    expect(run).toMatchObject(page500);
    expect(run.log.lines).toMatchObject([{ level: "error", fields: { code } }]);
  });

  test("a second call throws, and the first one holds when that is swallowed", async () => {
    const run = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", [["X-First", "1"]]);
      expect(() => startResponse("500 Oops", [["X-Second", "1"]])).toThrow(usageError("UWB_ERR_HEADERS_SET"));
      return [bytes("x")];
    });
    expect(run).toMatchObject({ outcome: "complete", status: "200 OK" });
    expect(run.headers).toContainEqual(["X-First", "1"]);
  });

  test("a second call without an error throws when the head was sent too", async () => {
    const run = await runToEnd(function* (_environ, startResponse) {
      startResponse("200 OK", []);
      yield bytes("a");
      expect(() => startResponse("500 Oops", [])).toThrow(usageError("UWB_ERR_HEADERS_SET"));
      yield bytes("b");
    });
    expect(run).toMatchObject({ outcome: "complete", body: "ab" });
  });

  test.each([0, "", false])("an error argument of %o is one", async (error) => {
    const run = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", []);
      startResponse("500 Replaced", [], error);
      return [bytes("x")];
    });
    expect(run.status).toBe("500 Replaced");
  });

  test("an error argument behind the head is thrown, and the response aborted", async () => {
    const run = await runToEnd(function* (_environ, startResponse) {
      startResponse("200 OK", []);
      yield bytes("started");
      startResponse("500 Oops", [], boom);
    });
    expect(run).toMatchObject({ ...aborted, body: "started" });
    expect(run.log.lines).toMatchObject([{ fields: { err: boom } }]);
  });

  test("a correction that is wrong itself leaves nothing announced", async () => {
    const run = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", []);
      expect(() => startResponse("500 Oops\n", [], boom)).toThrow(usageError("UWB_ERR_STATUS"));
      return [bytes("x")];
    });
    expect(run).toMatchObject(page500);
    expect(run.log.codes).toEqual(["UWB_ERR_NO_START"]);
  });

  test("a correction can be corrected again", async () => {
    const run = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", []);
      startResponse("500 First", [], boom);
      startResponse("503 Second", [], boom);
      return [bytes("x")];
    });
    expect(run.status).toBe("503 Second");
  });

  test.each([
    { what: "an array", body: () => [bytes("x")] },
    { what: "an empty array", body: () => [] },
    { what: "a generator", body: () => new Set([bytes("x")]) },
    { what: "an empty generator", body: () => new Set() },
    { what: "empty blocks", body: () => new Set([bytes("")]) },
    { what: "an async generator", body: () => Readable.from([bytes("x")]) },
  ])("a body without startResponse is answered with 500: $what", async ({ body }) => {
    const run = await runToEnd(body);
    expect(run).toMatchObject(page500);
    expect(run.log.codes).toEqual(["UWB_ERR_NO_START"]);
  });

  test("write() of a call that was corrected badly is refused", async () => {
    const run = await runToEnd((_environ, startResponse) => {
      const write = startResponse("200 OK", []);
      expect(() => startResponse("x" as "200 OK", [], boom)).toThrow();
      void write(bytes("x"));
      return [];
    });
    expect(run).toMatchObject(page500);
    expect(run.log.codes).toEqual(["UWB_ERR_NO_START"]);
  });
});

describe("a result that is no body is answered with 500", () => {
  test.each([
    { what: "null", result: null, message: "returned null, which can not be iterated" },
    { what: "undefined", result: undefined, message: "returned undefined, which" },
    {
      what: "a string",
      result: "text",
      message: "returned a string, whose characters are no blocks: return [Buffer.from(text)]",
    },
    { what: "an empty string", result: "", message: "returned a string" },
    {
      what: "bytes",
      result: bytes("x"),
      message: "returned bytes, whose elements are no blocks: return [bytes]",
    },
    { what: "a Uint8Array", result: new Uint8Array(3), message: "returned bytes" },
    { what: "a number", result: 5, message: "returned a number, which" },
    { what: "a function", result: () => [], message: "returned a function, which" },
    { what: "an object", result: {}, message: "returned an object (Object), which" },
    { what: "a Response", result: new Response("x"), message: "returned an object (Response), which" },
  ])("$what", async ({ result, message }) => {
    for (const app of [responding(() => result), responding(() => Promise.resolve(result))]) {
      const run = await runToEnd(app);
      expect(run).toMatchObject(page500);
      expect(run.log.lines).toMatchObject([
        { fields: { code: "UWB_ERR_RESULT", err: { message: expect.stringContaining(message) } } },
      ]);
    }
  });
});

describe("a block that is no bytes", () => {
  test.each([
    { what: "text", block: "x", message: "got a string; encode it with Buffer.from(text)" },
    { what: "a number", block: 5, message: "got a number" },
    { what: "null", block: null, message: "got null" },
    { what: "an array", block: [1], message: "got an array" },
    { what: "a promise", block: Promise.resolve(bytes("x")), message: "got an object (Promise)" },
    { what: "an ArrayBuffer", block: new ArrayBuffer(1), message: "got an object (ArrayBuffer)" },
  ])("of $what is a 500 at first, and an abort later", async ({ block, message }) => {
    const first = await runToEnd(responding(() => new Set([block, bytes("b")])));
    expect(first).toMatchObject(page500);
    const later = await runToEnd(responding(() => new Set([bytes("a"), block, bytes("b")])));
    expect(later).toMatchObject({ ...aborted, body: "a" });
    for (const { log } of [first, later]) {
      const text = `a body block must be bytes, ${message}`;
      expect(log.lines).toMatchObject([{ fields: { code: "UWB_ERR_CHUNK", err: { message: text } } }]);
    }
  });

  test("is refused by write() at the call", async () => {
    const run = await runToEnd((_environ, startResponse) => {
      const write = startResponse("200 OK", []);
      expect(() => write("text" as unknown as Buffer)).toThrow("write() must be bytes, got a string");
      return [bytes("x")];
    });
    expect(run).toMatchObject({ outcome: "complete", body: "x" });
  });
});

function responding(body: () => unknown): AnyApp {
  return (_environ, startResponse) => {
    startResponse("200 OK", []);
    return body();
  };
}

function usageError(code: string): unknown {
  return expect.toSatisfy((error) => error instanceof UsageError && error.code === code);
}
