import { describe, expect, test } from "vitest";
import { type HeaderPair, responseFraming } from "../../src/codec/index.ts";

const LENGTH: HeaderPair = ["Content-Length", "3"];
const CHUNKED: HeaderPair = ["Transfer-Encoding", "chunked"];

test.each([
  { what: "neither field", headers: [], framing: { type: "close", length: undefined } },
  { what: "a length", headers: [LENGTH], framing: { type: "length", length: 3 } },
  { what: "a length of 0", headers: [["content-length", "0"]], framing: { type: "length", length: 0 } },
  { what: "chunked", headers: [CHUNKED], framing: { type: "chunked", length: undefined } },
  {
    what: "ChunKed",
    headers: [["TRANSFER-ENCODING", "ChunKed"]],
    framing: { type: "chunked", length: undefined },
  },
  {
    what: "fields with names as long as the two that matter",
    headers: [
      ["Content-Lengte", "9"],
      ["Transfer-Encodung", "chunked"],
    ],
    framing: { type: "close", length: undefined },
  },
] satisfies { what: string; headers: HeaderPair[]; framing: object }[])("$what", ({ headers, framing }) => {
  expect(responseFraming({ status: 200, reason: "OK", headers }, "GET")).toEqual(framing);
});

describe.each([
  { what: "the answer to HEAD", status: 200, method: "HEAD" },
  { what: "a 204", status: 204, method: "GET" },
  { what: "a 304", status: 304, method: "POST" },
])("$what has no body", ({ status, method }) => {
  test.each([
    { headers: [], length: undefined },
    { headers: [LENGTH], length: 3 },
    { headers: [CHUNKED], length: undefined },
  ])("whatever its fields say: $headers", ({ headers, length }) => {
    expect(responseFraming({ status, reason: "", headers }, method)).toEqual({ type: "none", length });
  });
});

test.each([
  { status: 200, method: "head" },
  { status: 200, method: "HEADS" },
  { status: 203, method: "GET" },
  { status: 205, method: "GET" },
  { status: 303, method: "GET" },
  { status: 305, method: "GET" },
])("a $status to $method has a body", ({ status, method }) => {
  expect(responseFraming({ status, reason: "", headers: [LENGTH] }, method)).toMatchObject({
    type: "length",
  });
});

test.each([
  { what: "both fields", headers: [LENGTH, CHUNKED], message: "both Content-Length and Transfer-Encoding" },
  { what: "two lengths", headers: [LENGTH, LENGTH], message: "two Content-Length fields" },
  { what: "two codings", headers: [CHUNKED, CHUNKED], message: "two Transfer-Encoding fields" },
  {
    what: "another coding",
    headers: [["Transfer-Encoding", "gzip, chunked"]],
    message: "a Transfer-Encoding other than chunked",
  },
  { what: "an empty coding", headers: [["Transfer-Encoding", ""]], message: "a Transfer-Encoding other" },
  { what: "an empty length", headers: [["Content-Length", ""]], message: "a Content-Length that is not" },
  {
    what: "no length",
    headers: [["Content-Length", "3,3"]],
    message: "a Content-Length that is not a length",
  },
] satisfies { what: string; headers: HeaderPair[]; message: string }[])(
  "refuses $what",
  ({ headers, message }) => {
    for (const method of ["GET", "HEAD"]) {
      const frame = () => responseFraming({ status: 200, reason: "OK", headers }, method);
      expect(frame).toThrow(
        expect.objectContaining({ code: "UWB_ERR_RESPONSE_FRAMING", offset: 0, statusHint: 502 }),
      );
      expect(frame).toThrow(message);
    }
  },
);
