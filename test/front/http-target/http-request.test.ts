import { describe, expect, test } from "vitest";
import { type HttpRequest, httpRequestText, unsafeVar } from "../../../src/front/http-target/http-request.ts";
import { parseRequest } from "../../../src/front/request/parse-request.ts";
import type { ParsedRequest } from "../../../src/front/request/parsed-request.ts";
import { isRefusal } from "../../../src/front/request/refusal.ts";
import { type ClientFacts, requestVars } from "../../../src/front/request/request-vars.ts";

const client = { remoteAddress: "192.0.2.1", remotePort: "1", localPort: "80", scheme: "http" } as const;

function parse(
  target: string,
  rawHeaders: readonly string[],
  changes: Partial<ParsedRequest> = {},
): ParsedRequest {
  const head = { method: "POST", target, httpVersion: "1.1", rawHeaders };
  const parsed = parseRequest(head, { maxHeaders: 100, maxBodyBytes: 0 });
  if (isRefusal(parsed)) throw new Error(parsed.reason);
  return { ...parsed, ...changes };
}

function linesOf(parsed: ParsedRequest, changes: Partial<HttpRequest> = {}): string[] {
  const vars = requestVars(parsed, client, [], []);
  const request = { parsed, vars, base: "", address: "10.0.0.1:8001", isKept: true, upgrade: undefined };
  const text = httpRequestText({ ...request, ...changes });
  expect(text.endsWith("\r\n\r\n")).toBe(true);
  return text.slice(0, -4).split("\r\n");
}

const HOST = ["Host", "a.test:81"];

test("what the client sent, and what the front knows", () => {
  const headers = [
    "Accept-Language",
    "de",
    "cookie",
    "a=1",
    "COOKIE",
    "b=2",
    "X-A",
    "\xe9",
    "Content-Type",
    "a/b",
  ];
  const parsed = parse("/x%20y?q=%41", [...HOST, ...headers, "Content-Length", "3"]);
  expect(linesOf(parsed)).toEqual([
    "POST /x%20y?q=%41 HTTP/1.1",
    "Host: a.test:81",
    "Content-Length: 3",
    "Accept-Language: de",
    "Cookie: a=1; b=2",
    "X-A: \xe9",
    "Content-Type: a/b",
    "X-Forwarded-For: 192.0.2.1",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Host: a.test:81",
  ]);
});

test("the host that a trusted proxy names is the one that is named, once", () => {
  const parsed = parse("/x", HOST);
  const forwarded: ClientFacts["forwarded"] = [["HTTP_X_FORWARDED_HOST", "shop.test"]];
  const lines = linesOf(parsed, { vars: requestVars(parsed, { ...client, forwarded }, [], []) });
  expect(lines.filter((line) => line.startsWith("X-Forwarded-"))).toEqual(["X-Forwarded-Host: shop.test"]);
});

test("nothing that was meant for one connection, and nothing that the client claims of itself", () => {
  const headers = [
    ...["Connection", "keep-alive, X-Hop", "X-Hop", "1", "Keep-Alive", "timeout=5", "TE", "trailers"],
    ...[
      "Upgrade",
      "h2c",
      "HTTP2-Settings",
      "x",
      "Proxy-Connection",
      "x",
      "Proxy",
      "x",
      "Expect",
      "100-continue",
    ],
    ...[
      "X-Forwarded-For",
      "1.2.3.4",
      "X-Forwarded-Prefix",
      "/admin",
      "Forwarded",
      "x",
      "X_Forwarded_For",
      "1.2.3.4",
    ],
    ...["Trailer", "X", "Transfer-Encoding", "chunked"],
  ];
  expect(linesOf(parse("/", [...HOST, ...headers], { bodyLength: 7 }))).toEqual([
    "POST / HTTP/1.1",
    "Host: a.test:81",
    "Content-Length: 7",
    "X-Forwarded-For: 192.0.2.1",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Host: a.test:81",
  ]);
});

test("what is said here is said once, whoever else says it", () => {
  const parsed = parse("/p", HOST, { scriptName: "/p" });
  const vars = ["HOST", "CONNECTION", "UPGRADE", "CONTENT_LENGTH", "TRANSFER_ENCODING", "X_FORWARDED_PREFIX"];
  const lines = linesOf(parsed, { vars: vars.map((name) => [`HTTP_${name}`, "x"] as const) });
  expect(lines.slice(1)).toEqual([
    "Host: a.test:81",
    "X-Forwarded-Host: a.test:81",
    "X-Forwarded-Prefix: /p",
  ]);
});

describe("the target", () => {
  test.each([
    { uri: "/p", scriptName: "/p", base: "", target: "/" },
    { uri: "/p?a", scriptName: "/p", base: "", target: "/?a" },
    { uri: "/p/", scriptName: "/p", base: "/base", target: "/base/" },
    { uri: "/p", scriptName: "/p", base: "/base", target: "/base" },
    { uri: "/%70/a%2Fb?c", scriptName: "/p", base: "/base", target: "/base/a%2Fb?c" },
    { uri: "/x%20y", scriptName: undefined, base: "/base", target: "/base/x%20y" },
  ])(
    "of $uri with $scriptName taken off and $base in front is $target",
    ({ uri, scriptName, base, target }) => {
      const parsed = parse(uri, HOST, scriptName === undefined ? {} : { scriptName });
      expect(linesOf(parsed, { base })[0]).toBe(`POST ${target} HTTP/1.1`);
    },
  );

  test("is not read twice: an absolute one loses its host", () => {
    expect(linesOf(parse("http://b.test/x", HOST)).slice(0, 2)).toEqual(["POST /x HTTP/1.1", "Host: b.test"]);
  });
});

test("the prefix that was taken off is named", () => {
  const parsed = parse("/%C3%A9/a", HOST, { scriptName: "/\xc3\xa9" });
  expect(linesOf(parsed)).toContain("X-Forwarded-Prefix: /%C3%A9");
  expect(linesOf(parse("/a", HOST)).join()).not.toContain("Prefix");
});

test("a connection that is not kept says so; one that is to switch says to what", () => {
  const parsed = parse("/", HOST);
  expect(linesOf(parsed, { isKept: false }).at(-1)).toBe("Connection: close");
  const lines = linesOf(parsed, { isKept: false, upgrade: ["websocket", "b"] });
  expect(lines.slice(-2)).toEqual(["Connection: Upgrade", "Upgrade: websocket, b"]);
});

test("a client that names no host went to the address of the server", () => {
  const head = { method: "GET", target: "/", httpVersion: "1.0", rawHeaders: [] };
  const parsed = parseRequest(head, { maxHeaders: 1, maxBodyBytes: 0 });
  expect(linesOf(parsed as ParsedRequest)[1]).toBe("Host: 10.0.0.1:8001");
});

test.each(["a\rb", "a\nb", "a\0b", "\x7f", "\u010a"])("a value with %j is not to be sent", (value) => {
  expect(
    unsafeVar([
      ["HTTP_A", "b"],
      ["HTTP_B", value],
    ]),
  ).toBe("HTTP_B");
  expect(
    unsafeVar([
      ["PATH_INFO", value],
      ["HTTP_A", "\t \xe9"],
    ]),
  ).toBeUndefined();
});
