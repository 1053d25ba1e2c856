import { describe, expect, test } from "vitest";
import { type ResponseSight, ResponseWatch } from "../../src/inspect/response-watch.ts";
import { namedCuts } from "../support/feed.ts";

const GET = { method: "GET", modifier1: 0 };

describe.each(Object.entries(namedCuts))("fed %s", (_name, cut) => {
  const watch = (answer: string, request = GET): ResponseSight[] => {
    const watching = new ResponseWatch(request);
    const chunks = cut(Buffer.from(answer, "latin1")).map((chunk) => Buffer.from(chunk));
    return [...chunks.flatMap((chunk) => watching.receive(chunk)), ...watching.end()];
  };

  test("a status line is shown as it was sent", () => {
    expect(watch("HTTP/2.0 200 Fine\r\nA: b\r\n\r\nbody")).toEqual([
      {
        type: "head",
        line: "HTTP/2.0 200 Fine",
        head: { status: 200, reason: "Fine", headers: [["A", "b"]] },
      },
      { type: "end", bodyBytes: 4 },
    ]);
  });

  test("an answer in CGI style has no status line", () => {
    expect(watch("Status: 404 Gone\r\n\r\n")).toMatchObject([
      { type: "head", line: "404 Gone (without a status line)", head: { status: 404 } },
      { type: "end" },
    ]);
  });

  test("interim heads come first", () => {
    expect(watch("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")).toMatchObject([
      { type: "head", line: "HTTP/1.1 103 Early Hints", head: { status: 103 } },
      { type: "head", line: "200 OK", head: { status: 200 } },
      { type: "end" },
    ]);
  });

  test("the body is counted without its framing", () => {
    expect(
      watch("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").at(-1),
    ).toEqual({
      type: "end",
      bodyBytes: 3,
    });
  });

  test("a HEAD request has no body", () => {
    expect(watch("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", { ...GET, method: "HEAD" }).at(-1)).toEqual({
      type: "end",
      bodyBytes: 0,
    });
  });

  test("what is no HTTP is broken, and begins so", () => {
    expect(watch("SSH-2.0\r\nsecond line\r\n\r\n")).toMatchObject([
      { type: "broken", start: "SSH-2.0", error: { code: "UWB_ERR_RESPONSE_MALFORMED" } },
    ]);
  });

  test("a body that is cut is broken, and its first line was fine", () => {
    expect(watch("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").at(-1)).toMatchObject({
      type: "broken",
      start: undefined,
      error: { code: "UWB_ERR_RESPONSE_TRUNCATED" },
    });
  });

  test("what is no request is answered by a packet", () => {
    expect(watch("\x64\x02\x00\x01ab", { method: "", modifier1: 100 })).toEqual([
      { type: "packet", modifier1: 100, modifier2: 1, datasize: 2 },
    ]);
  });

  test("nothing at all is no sight", () => {
    expect(watch("")).toEqual([]);
  });
});

test("what follows the end is ignored", () => {
  const watching = new ResponseWatch(GET);
  watching.receive(Buffer.from("HTTP/1.1 204 No Content\r\n\r\n"));
  expect(watching.isOver).toBe(true);
  expect(watching.receive(Buffer.from("HTTP/1.1 200 OK\r\n\r\n"))).toEqual([]);
});
