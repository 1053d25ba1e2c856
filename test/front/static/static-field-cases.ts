import type { StaticCase } from "./static-case.ts";

const MODIFIED = "Mon, 06 May 2024 07:08:09 GMT";
const FAR_FUTURE = "Fri, 01 Jan 2100 00:00:00 GMT";

const METHODS: readonly StaticCase[] = [
  { what: "HEAD", method: "HEAD", target: "/s/file.txt", status: 200, has: { "content-length": "5" } },
  { what: "HEAD of nothing", method: "HEAD", target: "/s/nothing", status: 404 },
  {
    what: "HEAD with a range",
    method: "HEAD",
    target: "/s/file.txt",
    headers: { Range: "bytes=0-1" },
    status: 200,
    has: { "content-length": "5", "content-range": undefined },
  },
  {
    what: "POST",
    method: "POST",
    target: "/s/file.txt",
    headers: { "Content-Length": "3" },
    body: "abc",
    status: 405,
    has: { allow: "GET, HEAD" },
  },
  ...["DELETE", "PUT", "PATCH", "OPTIONS", "PROPFIND"].map((method) => ({
    what: method,
    method,
    target: "/s/file.txt",
    status: 405,
    has: { allow: "GET, HEAD" },
  })),
  {
    what: "GET with a body",
    target: "/s/file.txt",
    headers: { "Content-Length": "3" },
    body: "abc",
    status: 200,
    text: "hello",
  },
];

const whole = { "content-length": "5", "content-range": undefined };
const range = (value: string, more: Readonly<Record<string, string>> = {}) => ({
  target: "/s/file.txt",
  headers: { Range: value, ...more },
});

const RANGES: readonly StaticCase[] = [
  {
    what: "the first bytes",
    ...range("bytes=0-1"),
    status: 206,
    text: "he",
    has: { "content-range": "bytes 0-1/5", "content-length": "2", "last-modified": MODIFIED },
  },
  {
    what: "the last bytes",
    ...range("bytes=-2"),
    status: 206,
    text: "lo",
    has: { "content-range": "bytes 3-4/5" },
  },
  {
    what: "beyond the end",
    ...range("bytes=3-99"),
    status: 206,
    text: "lo",
    has: { "content-range": "bytes 3-4/5" },
  },
  {
    what: "behind the end",
    ...range("bytes=100-200"),
    status: 416,
    has: { "content-range": "bytes */5" },
  },
  { what: "2^64", ...range("bytes=18446744073709551615-"), status: 416 },
  { what: "reversed", ...range("bytes=4-1"), status: 200, text: "hello", has: whole },
  { what: "another unit", ...range("items=0-1"), status: 200, text: "hello", has: whole },
  { what: "three times the file", ...range("bytes=0-,0-,0-"), status: 200, text: "hello", has: whole },
  {
    what: "17 ranges",
    ...range(`bytes=${"0-0,".repeat(16)}1-1`),
    status: 200,
    text: "hello",
    has: whole,
  },
  {
    what: "a stale If-Range",
    ...range("bytes=0-1", { "If-Range": '"nope"' }),
    status: 200,
    text: "hello",
    has: whole,
  },
  { what: "the date in If-Range", ...range("bytes=0-1", { "If-Range": MODIFIED }), status: 206, text: "he" },
  {
    what: "a range and an If-None-Match of all",
    ...range("bytes=0-1", { "If-None-Match": "*" }),
    status: 304,
  },
];

const when = (field: string, value: string) => ({ target: "/s/file.txt", headers: { [field]: value } });
const unsent = { "content-length": undefined, "content-type": undefined, "last-modified": MODIFIED };

const CONDITIONS: readonly StaticCase[] = [
  { what: "since yesterday", ...when("If-Modified-Since", "yesterday"), status: 200, text: "hello" },
  { what: "since its date", ...when("If-Modified-Since", MODIFIED), status: 304, has: unsent },
  { what: "since the far future", ...when("If-Modified-Since", FAR_FUTURE), status: 304, has: unsent },
  { what: "unless there is one", ...when("If-None-Match", "*"), status: 304, has: unsent },
  { what: "unless it is another", ...when("If-None-Match", '"x"'), status: 200, text: "hello" },
  { what: "if it is another", ...when("If-Match", '"x"'), status: 412 },
  {
    what: "unless changed since the year before",
    ...when("If-Unmodified-Since", "Sat, 06 May 2023 07:08:09 GMT"),
    status: 412,
  },
];

const accepting = (target: string, accept: string) => ({ target, headers: { "Accept-Encoding": accept } });

const CODINGS: readonly StaticCase[] = [
  {
    what: "Brotli",
    ...accepting("/s/app.js", "gzip, deflate, br"),
    status: 200,
    text: "br script",
    has: {
      "content-encoding": "br",
      vary: "Accept-Encoding",
      "content-type": "text/javascript; charset=utf-8",
    },
  },
  {
    what: "gzip",
    ...accepting("/s/app.js", "gzip"),
    status: 200,
    text: "gz script",
    has: { "content-encoding": "gzip", vary: "Accept-Encoding" },
  },
  {
    what: "neither",
    ...accepting("/s/app.js", "br;q=0, gzip;q=0"),
    status: 200,
    text: "plain script",
    has: { "content-encoding": undefined, vary: "Accept-Encoding" },
  },
  {
    what: "a compressed file that is older than its file",
    ...accepting("/s/stale.css", "gzip"),
    status: 200,
    text: "new style",
    has: { "content-encoding": undefined, vary: undefined },
  },
  {
    what: "a compressed file that is a link to the outside",
    ...accepting("/s/file.txt", "gzip"),
    status: 200,
    text: "hello",
    has: { "content-encoding": undefined },
  },
  {
    what: "the compressed file itself",
    ...accepting("/s/app.js.gz", "gzip"),
    status: 200,
    text: "gz script",
    has: { "content-encoding": undefined, "content-type": "application/gzip" },
  },
  {
    what: "a range of the compressed file",
    target: "/s/app.js",
    headers: { "Accept-Encoding": "gzip", Range: "bytes=0-1" },
    status: 206,
    text: "gz",
    has: { "content-encoding": "gzip", "content-range": "bytes 0-1/9", vary: "Accept-Encoding" },
  },
];

export const FIELD_CASES: Readonly<Record<string, readonly StaticCase[]>> = {
  methods: METHODS,
  ranges: RANGES,
  conditions: CONDITIONS,
  "compressed files": CODINGS,
};
