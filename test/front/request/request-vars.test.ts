import { describe, expect, test } from "vitest";
import type { ParsedRequest } from "../../../src/front/request/parsed-request.ts";
import { biggestVars, type ClientFacts, requestVars } from "../../../src/front/request/request-vars.ts";

const request: ParsedRequest = {
  method: "GET",
  httpVersion: "1.1",
  requestUri: "/a%20b?c=d",
  pathInfo: "/a b",
  queryString: "c=d",
  authority: { text: "a.test:8080", host: "a.test" },
  bodyLength: undefined,
  headerVars: [["HTTP_ACCEPT", "*/*"]],
};
const client: ClientFacts = {
  remoteAddress: "192.0.2.7",
  remotePort: "51234",
  localPort: "8080",
  scheme: "http",
};

test("a request becomes these vars, in this order", () => {
  expect(requestVars(request, client, [])).toEqual([
    ["REQUEST_METHOD", "GET"],
    ["REQUEST_URI", "/a%20b?c=d"],
    ["PATH_INFO", "/a b"],
    ["QUERY_STRING", "c=d"],
    ["SERVER_PROTOCOL", "HTTP/1.1"],
    ["SERVER_NAME", "a.test"],
    ["SERVER_PORT", "8080"],
    ["REMOTE_ADDR", "192.0.2.7"],
    ["REMOTE_PORT", "51234"],
    ["REQUEST_SCHEME", "http"],
    ["HTTP_HOST", "a.test:8080"],
    ["HTTP_ACCEPT", "*/*"],
    ["HTTP_X_FORWARDED_FOR", "192.0.2.7"],
    ["HTTP_X_FORWARDED_PROTO", "http"],
    ["HTTP_CONNECTION", "close"],
  ]);
});

test.each([
  ["a 1.0 client", { httpVersion: "1.0" }, {}, { SERVER_PROTOCOL: "HTTP/1.0" }],
  ["no Host", { authority: undefined }, {}, { SERVER_NAME: "localhost", HTTP_HOST: undefined }],
  [
    "https",
    {},
    { scheme: "https" },
    { HTTPS: "on", REQUEST_SCHEME: "https", HTTP_X_FORWARDED_PROTO: "https" },
  ],
  ["http", {}, {}, { HTTPS: undefined }],
  ["a body", { bodyLength: 3 }, {}, { CONTENT_LENGTH: "3" }],
  ["an empty body", { bodyLength: 0 }, {}, { CONTENT_LENGTH: "0" }],
  ["a body of unknown length", { bodyLength: "chunked" }, {}, { CONTENT_LENGTH: undefined }],
  ["an empty query", { queryString: "" }, {}, { QUERY_STRING: "" }],
] as const)("%s", (_what, changes, facts, expected) => {
  const vars = Object.fromEntries(requestVars({ ...request, ...changes }, { ...client, ...facts }, []));
  for (const [name, value] of Object.entries(expected)) expect([name, vars[name]]).toEqual([name, value]);
});

test("params come last and replace what is there, each name once", () => {
  const vars = requestVars(request, client, [
    ["HTTP_ACCEPT", "none"],
    ["APP_MODE", "test"],
  ]);
  expect(vars.slice(-2)).toEqual([
    ["HTTP_ACCEPT", "none"],
    ["APP_MODE", "test"],
  ]);
  expect(vars.filter(([name]) => name === "HTTP_ACCEPT")).toHaveLength(1);
});

describe("biggestVars", () => {
  test("names the three largest by size and shows no value", () => {
    const text = biggestVars([
      ["A", "12"],
      ["HTTP_COOKIE", "secret".repeat(10)],
      ["B", "1234"],
      ["C", "123"],
    ]);
    expect(text).toBe("HTTP_COOKIE 60, B 4, C 3");
  });
});
