/** A request for a static file: `www` of the tree is served under `/s`. */
export interface StaticCase {
  readonly what: string;
  readonly target: string;
  /** @defaultValue GET */
  readonly method?: string;
  /** Fields beside Host. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent behind the head. */
  readonly body?: string;
  /** `"app"`: it is none of ours. */
  readonly status: number | "app";
  /** The whole body of a 200 or 206. */
  readonly text?: string;
  /** Fields of the answer; `undefined`: it must not have this one. */
  readonly has?: Readonly<Record<string, string | undefined>>;
}

const MODIFIED = "Mon, 06 May 2024 07:08:09 GMT";
const FAR_FUTURE = "Fri, 01 Jan 2100 00:00:00 GMT";

/** Paths that lead where they seem to lead. */
const FOUND: readonly StaticCase[] = [
  {
    what: "a file",
    target: "/s/file.txt",
    status: 200,
    text: "hello",
    has: {
      "content-type": "text/plain; charset=utf-8",
      "content-length": "5",
      "last-modified": MODIFIED,
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      "content-encoding": undefined,
      "cache-control": undefined,
      vary: undefined,
    },
  },
  { what: "with a query", target: "/s/file.txt?v=1", status: 200, text: "hello" },
  { what: "an absolute target", target: "http://a.test/s/file.txt", status: 200, text: "hello" },
  { what: "an empty file", target: "/s/empty.txt", status: 200, text: "", has: { "content-length": "0" } },
  { what: "a name with a space", target: "/s/a%20b.txt", status: 200, text: "space" },
  { what: "a name in UTF-8", target: "/s/%C3%A9.txt", status: 200, text: "accent" },
  { what: "a name with a semicolon", target: "/s/a;b.txt", status: 200, text: "semicolon" },
  { what: "a name with a percent sign", target: "/s/x%252e.txt", status: 200, text: "percent" },
  { what: "a letter that was escaped", target: "/s/%66ile.txt", status: 200, text: "hello" },
  { what: "a slash that was escaped", target: "/s/sub%2fa.txt", status: 200, text: "sub a" },
  { what: "a link inside", target: "/s/link_in", status: 200, text: "hello" },
  {
    what: "a backup",
    target: "/s/file.txt.bak",
    status: 200,
    text: "old",
    has: { "content-type": "application/octet-stream" },
  },
  {
    what: "a directory with its index",
    target: "/s/docs/",
    status: 200,
    text: "<p>docs",
    has: { "content-type": "text/html; charset=utf-8" },
  },
  {
    what: "a directory without its slash",
    target: "/s/docs",
    status: 301,
    has: { location: "/s/docs/" },
  },
  { what: "the same with a query", target: "/s/docs?a=/b", status: 301, has: { location: "/s/docs/?a=/b" } },
];

/** Paths that lead to nothing, each in its own manner. */
const NOT_FOUND: readonly StaticCase[] = [
  { what: "no file", target: "/s/nothing", status: 404 },
  { what: "another case", target: "/s/FILE.TXT", status: 404 },
  { what: "a file with a slash", target: "/s/file.txt/", status: 404 },
  { what: "something below a file", target: "/s/file.txt/x", status: 404 },
  { what: "a directory without an index", target: "/s/sub/", status: 404 },
  { what: "the same without its slash", target: "/s/sub", status: 404 },
  { what: "an empty directory", target: "/s/hollow/", status: 404 },
  { what: "the directory that is served", target: "/s/", status: 404 },
  { what: "the same without its slash", target: "/s", status: 404 },
  { what: "a parent", target: "/s/../secret.txt", status: 404 },
  { what: "a parent with an escaped slash", target: "/s/..%2fsecret.txt", status: 404 },
  { what: "an escaped parent", target: "/s/%2e%2e%2fsecret.txt", status: 404 },
  { what: "half of it escaped", target: "/s/.%2e/secret.txt", status: 404 },
  { what: "a parent escaped twice", target: "/s/%252e%252e%252fsecret.txt", status: 404 },
  { what: "a parent with an escaped backslash", target: "/s/..%5csecret.txt", status: 404 },
  { what: "a parent with a backslash", target: "/s/..\\secret.txt", status: 400 },
  { what: "overlong dots", target: "/s/%c0%ae%c0%ae/secret.txt", status: 404 },
  { what: "dots of full width", target: "/s/%ef%bc%8e%ef%bc%8e/secret.txt", status: 404 },
  { what: "dots of IIS", target: "/s/%u002e%u002e/secret.txt", status: 400 },
  { what: "a parent of a parent", target: "/s/sub/../../secret.txt", status: 404 },
  { what: "a parent that stays inside", target: "/s/sub/../file.txt", status: 404 },
  { what: "a dot", target: "/s/./file.txt", status: 404 },
  { what: "above the root", target: "/s/../../secret.txt", status: 400 },
  { what: "a sibling by a parent", target: "/s/../www-secret/leak.txt", status: 404 },
  { what: "two slashes", target: "/s//file.txt", status: 404 },
  { what: "an absolute path", target: "/s//etc/passwd", status: 404 },
  { what: "an absolute path that was escaped", target: "/s/%2fetc%2fpasswd", status: 404 },
  { what: "a NUL", target: "/s/file.txt%00.png", status: 400 },
  { what: "a NUL at the end", target: "/s/secret.txt%00", status: 400 },
  { what: "a line feed", target: "/s/file.txt%0a", status: 404 },
  { what: "a header in the path", target: "/s/docs%0d%0aX-Evil:%20a", status: 404 },
  { what: "a link to a file outside", target: "/s/link_out", status: 404 },
  { what: "a link to an absolute path", target: "/s/link_absolute", status: 404 },
  { what: "a link to a directory outside", target: "/s/dirlink/hostname", status: 404 },
  { what: "a link to a sibling of the same beginning", target: "/s/sib/leak.txt", status: 404 },
  { what: "a link to itself", target: "/s/loop", status: 404 },
  { what: "a link to nothing", target: "/s/dangling", status: 404 },
  { what: "a hidden file", target: "/s/.htaccess", status: 404 },
  { what: "a hidden file that was escaped", target: "/s/%2ehtaccess", status: 404 },
  { what: "a hidden directory", target: "/s/.git/config", status: 404 },
  { what: ".well-known under a prefix", target: "/s/.well-known/x", status: 404 },
  { what: "a name that begins with two dots", target: "/s/..foo", status: 404 },
  { what: "a FIFO", target: "/s/fifo", status: 404 },
  { what: "a device", target: "/s/device", status: 404 },
  { what: "a path of 5000 bytes", target: `/s${"/a".repeat(2500)}`, status: 404 },
  { what: "a name of 300 bytes", target: `/s/${"a".repeat(300)}`, status: 404 },
];

/** Requests that are not for files at all. */
const OTHERS: readonly StaticCase[] = [
  { what: "a prefix with more to it", target: "/s-secret/leak.txt", status: "app" },
  { what: "dots behind the prefix", target: "/s../secret.txt", status: "app" },
  { what: "another case of the prefix", target: "/S/file.txt", status: "app" },
  { what: "a slash before the prefix", target: "//s/file.txt", status: "app" },
  { what: "a host in the path", target: "//evil.test/s/sub", status: "app" },
  { what: "a way into the prefix", target: "/x/../s/file.txt", status: "app" },
  { what: "the site", target: "/", status: "app" },
];

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

export const STATIC_CASES: Readonly<Record<string, readonly StaticCase[]>> = {
  "paths that lead to a file": FOUND,
  "paths that lead to none": NOT_FOUND,
  "requests for the application": OTHERS,
  methods: METHODS,
  ranges: RANGES,
  conditions: CONDITIONS,
  "compressed files": CODINGS,
};
