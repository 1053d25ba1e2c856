import { getTarget, HOST, type HttpCase, type HttpCases, refused, served } from "./http-case.ts";

const FORMS: readonly HttpCase[] = [
  refused("a target without a slash", 400, getTarget("x")),
  refused("a host and a port", 400, getTarget("a.test:80")),
  served("an absolute target", getTarget("http://a.test/x"), {
    vars: { PATH_INFO: "/x", HTTP_HOST: "a.test" },
  }),
  served("an absolute target of another host", getTarget("http://b.test/x"), {
    vars: { HTTP_HOST: "b.test", SERVER_NAME: "b.test" },
  }),
  served("an absolute target with a port", getTarget("http://b.test:81/x?q"), {
    uri: "/x?q",
    vars: { HTTP_HOST: "b.test:81", SERVER_NAME: "b.test", QUERY_STRING: "q" },
  }),
  served("an absolute target without a path", getTarget("http://a.test"), {
    uri: "/",
    vars: { PATH_INFO: "/" },
  }),
  served("an absolute target with a query and no path", getTarget("http://a.test?q"), { uri: "/?q" }),
  served("an absolute https target on a plain port", getTarget("https://a.test/x"), {
    vars: { "wsgi.url_scheme": "http", HTTPS: undefined },
  }),
  refused("an absolute target without Host", 400, "GET http://a.test/x HTTP/1.1\r\n\r\n"),
  refused("an absolute target and a broken Host", 400, "GET http://a.test/x HTTP/1.1\r\nHost: a b\r\n\r\n"),
  refused("a user in an absolute target", 400, getTarget("http://u:p@a.test/x")),
  refused("an absolute target without a host", 400, getTarget("http:///x")),
  refused("an absolute target with a broken port", 400, getTarget("http://a.test:80x/x")),
  refused("an ftp target", 400, getTarget("ftp://a.test/x")),
  refused("a file target", 400, getTarget("file:///etc/passwd")),
];

const BYTES: readonly HttpCase[] = [
  refused("the byte 7f in a target", 400, getTarget("/x\x7fy")),
  refused("the byte 01 in a target", 400, getTarget("/x\x01y")),
  refused("the byte 00 in a target", 400, getTarget("/x\x00y")),
  refused("a tab in a target", 400, getTarget("/x\ty")),
  refused("bytes of UTF-8 in a target", 400, getTarget("/\xc3\xa9")),
  refused("a hash in a target", 400, getTarget("/x#y")),
  refused("characters that are to be escaped, and a backslash", 400, getTarget('/<>"{}|\\^`')),
  served("characters that are to be escaped, as they are", getTarget('/<>"{}|^`?<>"{}|^`'), {
    uri: '/<>"{}|^`?<>"{}|^`',
    vars: { PATH_INFO: '/<>"{}|^`', QUERY_STRING: '<>"{}|^`' },
  }),
  refused("backslashes in a path", 404, getTarget("/..\\..\\etc")),
  refused("a backslash in a query", 400, getTarget("/x?a\\b")),
  served("a backslash that was escaped", getTarget("/a%5cb"), {
    uri: "/a%5cb",
    vars: { PATH_INFO: "/a\\b" },
  }),
];

const ESCAPES: readonly HttpCase[] = [
  refused("a percent sign at the end", 400, getTarget("/a%")),
  refused("a percent sign and one digit", 400, getTarget("/a%2")),
  refused("a percent sign and no digits", 400, getTarget("/a%zzb")),
  refused("%u002e", 400, getTarget("/%u002e%u002e/x")),
  refused("%00", 400, getTarget("/a%00b")),
  refused("a path above the root", 400, getTarget("/../etc/passwd")),
  refused("an escaped path above the root", 400, getTarget("/%2e%2e%2f%2e%2e%2fetc/passwd")),
  refused("a path that leaves the root on its way", 400, getTarget("/a/../../b/c/d")),
  refused("a path above the root with a query", 400, getTarget("/..?a")),
  refused("overlong dots", 404, getTarget("/%c0%ae%c0%ae/x")),
  refused("an overlong slash", 404, getTarget("/a%c0%afb")),
  refused("an overlong dot of three bytes", 404, getTarget("/%e0%80%ae/x")),
  refused("an overlong dot of four bytes", 404, getTarget("/%f0%80%80%ae/x")),
  served("UTF-8", getTarget("/%e0%a0%80%f0%90%80%80%c3%a9"), {
    uri: "/%e0%a0%80%f0%90%80%80%c3%a9",
    vars: { PATH_INFO: "/\xe0\xa0\x80\xf0\x90\x80\x80\xc3\xa9" },
  }),
  served("Latin-1", getTarget("/%e9%ff"), { uri: "/%e9%ff", vars: { PATH_INFO: "/\xe9\xff" } }),
  served("%2F", getTarget("/a%2Fb"), { uri: "/a%2Fb", vars: { PATH_INFO: "/a/b" } }),
  served("%25, which is decoded once", getTarget("/a%252eb"), {
    uri: "/a%252eb",
    vars: { PATH_INFO: "/a%2eb" },
  }),
  served("%0d%0a, which stays in the path", getTarget("/a%0d%0aSet-Cookie:x"), {
    uri: "/a%0d%0aSet-Cookie:x",
    vars: { PATH_INFO: "/a\r\nSet-Cookie:x" },
  }),
  served("several slashes", getTarget("//a///b"), { uri: "//a///b", vars: { PATH_INFO: "//a///b" } }),
  served("dots that stay inside", getTarget("/a/./b/../c"), {
    uri: "/a/./b/../c",
    vars: { PATH_INFO: "/a/./b/../c" },
  }),
  served("a semicolon", getTarget("/a;p=1"), { uri: "/a;p=1", vars: { PATH_INFO: "/a;p=1" } }),
  served("a plus sign", getTarget("/a+b?c+d"), {
    uri: "/a+b?c+d",
    vars: { PATH_INFO: "/a+b", QUERY_STRING: "c+d" },
  }),
  served("%00 in a query", getTarget("/x?a%00%"), { uri: "/x?a%00%", vars: { QUERY_STRING: "a%00%" } }),
];

const host = (lines: string, version = "1.1"): string => `GET /x HTTP/${version}\r\n${lines}\r\n`;
const hostIs = (value: string): string => host(`Host: ${value}\r\n`);

const HOSTS: readonly HttpCase[] = [
  refused("no Host", 400, host("")),
  refused("two equal ones", 400, host(HOST + HOST)),
  refused("two different ones", 400, host(`${HOST}Host: b.test\r\n`)),
  refused("two in HTTP/1.0", 400, host(`${HOST}Host: b.test\r\n`, "1.0")),
  refused("an empty one", 400, host("Host:\r\n")),
  refused("an empty one in HTTP/1.0", 400, host("Host:\r\n", "1.0")),
  refused("a space before its colon", 400, host("Host : a.test\r\n")),
  ...[
    ["a space", "a b"],
    ["a tab", "a\tb"],
    ["a slash", "a.test/x"],
    ["a user", "u@a.test"],
    ["a list", "a.test, b.test"],
    ["a port of letters", "a.test:80x"],
    ["a port of 0", "a.test:0"],
    ["a port above 65535", "a.test:65536"],
    ["two ports", "a.test:80:80"],
    ["a path", "../../etc"],
    ["an escape", "a%00b"],
    ["a label that is empty", "a..test"],
    ["a dot before it", ".a.test"],
    ["a query", "a.test?x"],
    ["a quote", 'a.test"'],
    ["a byte above ASCII", "\xe9.test"],
    ["half of a bracket", "[::1"],
    ["a broken address in brackets", "[::g]"],
    ["an IPv6 address without brackets", "::1"],
  ].map(([what, value]): HttpCase => refused(`Host with ${what}`, 400, hostIs(value ?? ""))),
  ...["a.test", "A.Test.", "a.test:8080", "a.test:", "127.0.0.1:80", "[::1]:8080", "a_b.test"].map(
    (value): HttpCase => served(`Host: ${value}`, hostIs(value), { vars: { HTTP_HOST: value } }),
  ),
];

/** Where a request is meant to go. */
export const TARGET_CASES: HttpCases = {
  "Forms of a target": FORMS,
  "Bytes of a target": BYTES,
  Escapes: ESCAPES,
  Host: HOSTS,
};
