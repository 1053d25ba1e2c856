import { dropped, page, refused } from "../answer-expectations.ts";
import { both, type Expectation, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { packet, type VarRule } from "../packet-expectations.ts";
import { request } from "../template.ts";

const TABLE = "protocol/README.md section 3.5";
const WHY = "Routes and rights are decided by the path: two readings of it are two different pages.";

/** The path behind the token, whatever stands before it. */
function pathEnds(...choices: readonly string[]): VarRule {
  return ([value = ""]) => {
    const rest = /cft[0-9a-f]{12}(.*)$/s.exec(value)?.[1] ?? value;
    return choices.includes(rest) ? undefined : JSON.stringify(value);
  };
}

function served(path: readonly string[], uri: string): Expectation {
  return both(page(200), packet({ vars: { PATH_INFO: pathEnds(...path), REQUEST_URI: `{base}/{T}${uri}` } }));
}

interface PathRow {
  readonly name: string;
  readonly rule: string;
  /** Behind the token, as it is sent. */
  readonly uri: string;
  /** What PATH_INFO may end in. */
  readonly paths: readonly string[];
  /** Statuses with which it may be refused. */
  readonly refusals?: readonly number[];
}

const BAD_PATH = [400, 403, 404];

const PATHS: readonly PathRow[] = [
  { name: "space", rule: "%20 becomes a space", uri: "/a%20b", paths: ["/a b"] },
  {
    name: "lower-case-hex",
    rule: "Hexadecimal digits are read in any case",
    uri: "/%7e%4a",
    paths: ["/~J"],
  },
  {
    name: "utf-8",
    rule: "Escapes of UTF-8 become its bytes",
    uri: "/caf%C3%A9/%E2%82%AC",
    paths: ["/caf\xc3\xa9/\xe2\x82\xac"],
  },
  {
    name: "not-utf-8",
    rule: "Bytes that are no UTF-8 arrive as they are, or are refused",
    uri: "/%FF%E9",
    paths: ["/\xff\xe9"],
    refusals: BAD_PATH,
  },
  { name: "plus", rule: "A plus in a path stays a plus", uri: "/a+b", paths: ["/a+b"] },
  { name: "semicolon", rule: "A semicolon in a path stays", uri: "/a;p=1", paths: ["/a;p=1"] },
  {
    name: "percent",
    rule: "%25 becomes a percent sign, and is not decoded again",
    uri: "/%2525",
    paths: ["/%25"],
  },
  { name: "escaped-question-mark", rule: "%3F is part of the path", uri: "/a%3Fb", paths: ["/a?b"] },
  { name: "escaped-hash", rule: "%23 is part of the path", uri: "/a%23b", paths: ["/a#b"] },
  {
    name: "escaped-slash",
    rule: "%2F becomes a slash, stays, or is refused",
    uri: "/a%2Fb",
    paths: ["/a/b", "/a%2Fb"],
    refusals: [...BAD_PATH, 500],
  },
  { name: "double-slash", rule: "Slashes are kept, or merged", uri: "//a///b", paths: ["//a///b", "/a/b"] },
  {
    name: "dot-segments",
    rule: "Dot segments inside the root are kept or resolved, not more",
    uri: "/a/./b/../c",
    paths: ["/a/./b/../c", "/a/c"],
    refusals: BAD_PATH,
  },
  {
    name: "escaped-line-break",
    rule: "%0D%0A arrives as these two bytes, or is refused",
    uri: "/a%0d%0aSet-Cookie:x",
    paths: ["/a\r\nSet-Cookie:x"],
    refusals: BAD_PATH,
  },
  {
    name: "escaped-nul",
    rule: "%00 arrives as that byte, or is refused",
    uri: "/a%00b",
    paths: ["/a\0b"],
    refusals: BAD_PATH,
  },
];

const rows: readonly FrontRow[] = [
  ...PATHS.map(({ name, rule, uri, paths, refusals }): FrontRow => {
    const good = served(paths, uri);
    return {
      name,
      rule,
      source: TABLE,
      why: WHY,
      send: request({ path: uri }),
      allow: refusals ? either(good, refused(...refusals)) : good,
    };
  }),
  {
    name: "escaped-nul-refused",
    level: "SHOULD",
    rule: "%00 in a path is refused",
    source: "RFC 3986 section 7.3",
    why: "Programs in C see the path end there.",
    send: request({ path: "/a%00b" }),
    allow: refused(...BAD_PATH),
  },
  ...["/a%", "/a%2", "/a%zz"].map(
    (uri): FrontRow => ({
      name: `broken-escape-${uri.slice(3) || "alone"}`,
      rule: "A percent sign without two hexadecimal digits is refused, or kept as it is",
      source: "RFC 3986 section 2.1",
      why: WHY,
      send: request({ path: uri }),
      allow: either(refused(400), served([uri], uri)),
      best: refused(400),
    }),
  ),
  {
    name: "above-the-root",
    rule: "A path that leads above the root is refused, or passed on as it is",
    source: "RFC 3986 section 5.2.4",
    why: "Files outside of the application are asked for.",
    send: "GET {base}/../../{T} HTTP/1.1⏎Host: {host}⏎⏎",
    allow: either(refused(...BAD_PATH), page(200), dropped),
    best: refused(...BAD_PATH),
  },
  {
    name: "above-the-root-escaped",
    rule: "Escapes do not hide a path that leads above the root",
    source: "RFC 3986 section 5.2.4",
    why: "Files outside of the application are asked for.",
    send: "GET {base}/%2e%2e%2f%2e%2e%2f{T} HTTP/1.1⏎Host: {host}⏎⏎",
    allow: either(refused(...BAD_PATH, 500), page(200), dropped),
    best: refused(...BAD_PATH),
  },
  {
    name: "backslash",
    rule: "A backslash does not become a slash",
    source: TABLE,
    why: "Rights that hold for one path hold for another one.",
    send: request({ path: "/a\\b" }),
    allow: either(both(page(200), packet({ vars: { PATH_INFO: pathEnds("/a\\b") } })), refused(400, 404)),
  },
  {
    name: "overlong-utf-8",
    rule: "Overlong forms of UTF-8 are not taken for dots",
    source: "RFC 3629 section 3",
    why: "They once were, and led above the root.",
    send: request({ path: "/%c0%ae%c0%ae/x" }),
    allow: either(
      both(page(200), packet({ vars: { PATH_INFO: pathEnds("/\xc0\xae\xc0\xae/x") } })),
      refused(...BAD_PATH),
    ),
  },
];

/** From the target to REQUEST_URI and PATH_INFO. */
export const decodingCases: readonly FrontCase[] = frontCases("decoding", rows);
