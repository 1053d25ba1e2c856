import { describe, expect, test } from "vitest";
import type { HttpHead } from "../../../src/front/request/http-head.ts";
import { parseRequest } from "../../../src/front/request/parse-request.ts";
import { isRefusal } from "../../../src/front/request/refusal.ts";

const limits = { maxHeaders: 100, maxHeadBytes: 16_384, maxBodyBytes: 1000 };

function parse(
  head: Partial<HttpHead>,
  host: readonly string[] = ["Host", "a.test"],
): ReturnType<typeof parseRequest> {
  const rawHeaders = [...host, ...(head.rawHeaders ?? [])];
  return parseRequest({ method: "GET", target: "/x", httpVersion: "1.1", ...head, rawHeaders }, limits);
}

describe("versions and methods", () => {
  test.each(["1.0", "1.1"])("HTTP/%s is served", (httpVersion) => {
    expect(parse({ httpVersion })).toMatchObject({ httpVersion });
  });

  test.each(["0.9", "2.0", "1.2"])("HTTP/%s is refused with 505", (httpVersion) => {
    expect(parse({ httpVersion })).toMatchObject({ status: 505 });
  });

  test.each(["CONNECT", "TRACE", "TRACK"])(
    "%s is refused with 405 and the methods that are served",
    (method) => {
      expect(parse({ method })).toMatchObject({
        status: 405,
        headers: [["Allow", expect.stringContaining("GET")]],
      });
    },
  );

  test("OPTIONS * is answered here: it names no resource of a worker", () => {
    expect(parse({ method: "OPTIONS", target: "*" })).toMatchObject({ status: 204 });
  });
});

describe("targets", () => {
  test.each([
    ["/x", "/x", "/x", ""],
    ["/x?a=1&b=?", "/x?a=1&b=?", "/x", "a=1&b=?"],
    ["/?", "/?", "/", ""],
    ["/a%20b", "/a%20b", "/a b", ""],
    ["/%C3%A9", "/%C3%A9", "/\u00c3\u00a9", ""],
    ["/a%2Fb", "/a%2Fb", "/a/b", ""],
    ["/a%25b", "/a%25b", "/a%b", ""],
    ["//a///b", "//a///b", "//a///b", ""],
    ["/a;p=1", "/a;p=1", "/a;p=1", ""],
    ["/a+b", "/a+b", "/a+b", ""],
    ["/a/../b", "/a/../b", "/a/../b", ""],
    ["/a%0d%0aSet-Cookie:x", "/a%0d%0aSet-Cookie:x", "/a\r\nSet-Cookie:x", ""],
    ["/x?%zz", "/x?%zz", "/x", "%zz"],
    ["http://a.test/x?y", "/x?y", "/x", "y"],
    ["HTTP://a.test", "/", "/", ""],
    ["https://a.test?y", "/?y", "/", "y"],
  ])("%s", (target, requestUri, pathInfo, queryString) => {
    expect(parse({ target })).toMatchObject({ requestUri, pathInfo, queryString });
  });

  test.each([
    "x",
    "*",
    "a.test:443",
    "ftp://a.test/x",
    "http://u:p@a.test/x",
    "http://u@a.test/x",
    "http:///x",
    "/a%",
    "/a%zz",
    "/a%4",
    "/a%00b",
    "/..",
    "/a/../../b",
    "/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/a#b",
    "/a b",
    "/a\u007fb",
    "/\u00e9",
  ])("%s is refused with 400", (target) => {
    expect(parse({ target })).toMatchObject({ status: 400 });
  });

  test("a path with a backslash is not found", () => {
    expect(parse({ target: "/a\\..\\b" })).toMatchObject({ status: 404 });
    expect(parse({ target: "/a?b\\c" })).toMatchObject({ status: 400 });
  });
});

describe("Host", () => {
  test.each([
    "a.test",
    "a.test:8080",
    "a.test:",
    "a_b.test",
    "127.0.0.1:80",
    "[::1]",
    "[::1]:80",
    "A.test",
    "a.test.",
  ])("%s is a host", (host) => {
    expect(parse({}, ["Host", host])).toMatchObject({ authority: { text: host } });
  });

  test.each([
    "",
    "a b",
    "a\tb",
    "a.test/x",
    "u@a.test",
    "a.test, b.test",
    "a.test:80x",
    "a.test:0",
    "a.test:65536",
    "../../etc",
    "a..test",
    ".test",
    "a%00b",
    "[::1",
    "[::g]",
    "[::1]x",
    "\u00e9.test",
  ])("%j is refused with 400", (host) => {
    expect(parse({}, ["Host", host])).toMatchObject({ status: 400 });
  });

  test("is required in HTTP/1.1 and not in HTTP/1.0", () => {
    expect(parse({}, [])).toMatchObject({ status: 400 });
    expect(parse({ httpVersion: "1.0" }, [])).toMatchObject({ authority: undefined });
  });

  test.each(["1.0", "1.1"])("is refused when it is repeated, in HTTP/%s", (httpVersion) => {
    expect(parse({ httpVersion }, ["Host", "a.test", "Host", "a.test"])).toMatchObject({ status: 400 });
  });

  test("gives way to the authority of an absolute target, but must be valid itself", () => {
    expect(parse({ target: "http://b.test:81/x" })).toMatchObject({
      authority: { text: "b.test:81", host: "b.test" },
    });
    expect(parse({ target: "http://b.test/x" }, ["Host", "a b"])).toMatchObject({ status: 400 });
  });
});

describe("header fields", () => {
  test.each([
    ["become HTTP_ vars", ["X-A", "1"], [["HTTP_X_A", "1"]]],
    ["keep bytes above ASCII", ["X-A", "\u00e9\u00ff"], [["HTTP_X_A", "\u00e9\u00ff"]]],
    ["may be empty", ["X-A", ""], [["HTTP_X_A", ""]]],
    ["are joined with a comma when repeated", ["X-A", "1", "x-a", "2"], [["HTTP_X_A", "1, 2"]]],
    [
      "cookies are joined with a semicolon",
      ["Cookie", "a=1", "Cookie", "b=2"],
      [["HTTP_COOKIE", "a=1; b=2"]],
    ],
    ["Content-Type has its own var", ["Content-Type", "a/b"], [["CONTENT_TYPE", "a/b"]]],
    ["an underscore is no dash", ["X-Real-Name", "a", "X_Real_Name", "evil"], [["HTTP_X_REAL_NAME", "a"]]],
    [
      "Content_Length and Transfer_Encoding are nothing",
      ["Content_Length", "5", "Transfer_Encoding", "chunked"],
      [],
    ],
    ["a dot is no dash", ["X.A", "1"], []],
    ["Proxy never becomes HTTP_PROXY", ["Proxy", "http://evil"], []],
    ["names of JavaScript mean nothing", ["__proto__", "v", "constructor", "c"], [["HTTP_CONSTRUCTOR", "c"]]],
    [
      "claims about the client are the front's to make",
      ["X-Forwarded-For", "6.6.6.6", "X-Forwarded-Proto", "https", "Forwarded", "for=6", "X-Real-IP", "6"],
      [],
    ],
    [
      "fields of the connection stay on it",
      [
        "Keep-Alive",
        "5",
        "Proxy-Connection",
        "x",
        "TE",
        "trailers",
        "Trailer",
        "X",
        "Upgrade",
        "h2c",
        "HTTP2-Settings",
        "AA",
        "Connection",
        "keep-alive, TE",
        "Expect",
        "100-continue",
      ],
      [],
    ],
    ["fields that Connection lists stay on it", ["X-Hop", "1", "Connection", "close, X-Hop"], []],
    [
      "Connection can not remove what the message needs",
      ["Cookie", "a=1", "Authorization", "B", "Connection", "Cookie, Authorization, Host"],
      [
        ["HTTP_COOKIE", "a=1"],
        ["HTTP_AUTHORIZATION", "B"],
      ],
    ],
  ])("%s", (_what, rawHeaders, headerVars) => {
    expect(parse({ rawHeaders })).toMatchObject({ headerVars });
  });

  test.each(["Authorization", "User-Agent", "Referer", "Content-Type", "If-None-Match", "Range"])(
    "%s may not be repeated",
    (name) => {
      expect(parse({ rawHeaders: [name, "a", name, "b"] })).toMatchObject({
        status: 400,
        reason: `more than one ${name} field`,
      });
    },
  );

  test.each([
    { count: 99, status: undefined },
    { count: 100, status: 431 },
  ])("$count fields beside Host with maxHeaders 100: $status", ({ count, status }) => {
    const result = parse({
      rawHeaders: Array.from({ length: count }, (_, index) => [`X-${index}`, "1"]).flat(),
    });
    expect(isRefusal(result) ? result.status : undefined).toBe(status);
  });

  test.each([
    { size: 8190, status: undefined },
    { size: 8191, status: 431 },
  ])("a field of $size bytes: $status", ({ size, status }) => {
    const result = parse({ rawHeaders: ["X-A", "a".repeat(size - "X-A: ".length)] });
    expect(isRefusal(result) ? result.status : undefined).toBe(status);
  });

  test("no message of a refusal repeats a value", () => {
    const result = parse({ rawHeaders: ["Authorization", "secret", "Authorization", "secret"] });
    expect(JSON.stringify(result)).not.toContain("secret");
  });
});

describe("body length", () => {
  test.each([
    [[], undefined],
    [["Content-Length", "3"], 3],
    [["Content-Length", "003"], 3],
    [["Content-Length", "0"], 0],
    [["Content-Length", "1000"], 1000],
    [["Transfer-Encoding", "chunked"], "chunked"],
    [["Transfer-Encoding", "ChUnKeD"], "chunked"],
    [["Connection", "Content-Length", "Content-Length", "3"], 3],
  ] as const)("%j is %s", (rawHeaders, bodyLength) => {
    expect(parse({ method: "POST", rawHeaders })).toMatchObject({ bodyLength });
  });

  test.each([
    [["Content-Length", "1001"], 413],
    [["Content-Length", "9007199254740993"], 413],
    [["Content-Length", "18446744073709551619"], 413],
    [["Content-Length", ""], 400],
    [["Content-Length", "+3"], 400],
    [["Content-Length", "3, 3"], 400],
    [["Content-Length", "0x3"], 400],
    [["Content-Length", "3", "Content-Length", "3"], 400],
    [["Content-Length", "3", "Transfer-Encoding", "chunked"], 400],
    [["Transfer-Encoding", "chunked", "Transfer-Encoding", "chunked"], 400],
    [["Transfer-Encoding", "gzip"], 400],
    [["Transfer-Encoding", "gzip, chunked"], 501],
    [["Transfer-Encoding", "chunked, chunked"], 501],
    [["Transfer-Encoding", ",chunked"], 501],
    [["Transfer-Encoding", "identity"], 400],
    [["Transfer-Encoding", ""], 400],
  ] as const)("%j is refused with %d", (rawHeaders, status) => {
    expect(parse({ method: "POST", rawHeaders })).toMatchObject({ status });
  });

  test("a coding in HTTP/1.0 is refused", () => {
    expect(parse({ httpVersion: "1.0", rawHeaders: ["Transfer-Encoding", "chunked"] })).toMatchObject({
      status: 400,
    });
  });

  test("a limit of 0 is none", () => {
    const head = {
      method: "POST",
      target: "/x",
      httpVersion: "1.1",
      rawHeaders: ["Host", "a", "Content-Length", "99999999999"],
    };
    expect(parseRequest(head, { maxHeaders: 100, maxHeadBytes: 16_384, maxBodyBytes: 0 })).toMatchObject({
      bodyLength: 99_999_999_999,
    });
  });
});
