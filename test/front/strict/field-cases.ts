import { get, HOST, type HttpCase, type HttpCases, post, refused, served } from "./http-case.ts";

const SYNTAX: readonly HttpCase[] = [
  refused("a folded field", 400, get("X-A: 1\r\n 2\r\n")),
  refused("a field folded with a tab", 400, get("X-A: 1\r\n\t2\r\n")),
  refused("a space before the first field", 400, `GET /x HTTP/1.1\r\n ${HOST}\r\n`),
  refused("a space before a colon", 400, get("X-A : 1\r\n")),
  refused("a tab before a colon", 400, get("X-A\t: 1\r\n")),
  refused("a line without a colon", 400, get("XA\r\n")),
  refused("an empty name", 400, get(": v\r\n")),
  refused("a name with a byte above ASCII", 400, get("X\xe9A: v\r\n")),
  refused("a name with brackets", 400, get("X(A): v\r\n")),
  refused("a name with a space", 400, get("X A: v\r\n")),
  refused("a name with NUL", 400, get("X\0A: v\r\n")),
  refused("CR in a value", 400, get("X-A: a\rb\r\n")),
  refused("NUL in a value", 400, get("X-A: a\0b\r\n")),
  refused("the byte 01 in a value", 400, get("X-A: a\x01b\r\n")),
  refused("the byte 7f in a value", 400, get("X-A: a\x7fb\r\n")),
  served("a tab in a value", get("X-A: a\tb\r\n"), { vars: { HTTP_X_A: "a\tb" } }),
  served("blanks around a value", get("X-A: \t a b \t\r\n"), { vars: { HTTP_X_A: "a b" } }),
  served("bytes above ASCII in a value", get("X-A: \xe9\xff\r\n"), { vars: { HTTP_X_A: "\xe9\xff" } }),
  served("an empty value", get("X-A:\r\n"), { vars: { HTTP_X_A: "" } }),
];

const NAMES: readonly HttpCase[] = [
  served("an underscore", get("X_A: evil\r\n"), { vars: { HTTP_X_A: undefined } }),
  served("a twin with an underscore", get("X-Thing: 1\r\nX_Thing: 6\r\n"), { vars: { HTTP_X_THING: "1" } }),
  served("claims about the client, in both spellings", get("X-Real-IP: 6.6.6.6\r\nX_Real_IP: 6.6.6.6\r\n"), {
    vars: { HTTP_X_REAL_IP: undefined },
  }),
  served("Proxy", get("Proxy: http://evil.test\r\n"), { vars: { HTTP_PROXY: undefined } }),
  served("Content_Length", post("Content_Length: 5\r\nContent-Length: 3\r\n", "abc"), {
    method: "POST",
    body: "abc",
    vars: { CONTENT_LENGTH: "3", HTTP_CONTENT_LENGTH: undefined },
  }),
  served("Transfer_Encoding", post("Transfer_Encoding: chunked\r\nContent-Length: 3\r\n", "abc"), {
    method: "POST",
    body: "abc",
    vars: { HTTP_TRANSFER_ENCODING: undefined },
  }),
  served("a dot", get("X.A: v\r\n"), { vars: { HTTP_X_A: undefined, "HTTP_X.A": undefined } }),
  served("names of JavaScript", get("__proto__: v\r\nconstructor: v\r\nhasOwnProperty: v\r\n"), {
    vars: { HTTP_CONSTRUCTOR: "v" },
  }),
  served("a name of uWSGI", get("UWSGI_FILE: x\r\nUWSGI-FILE: x\r\n"), {
    vars: { UWSGI_FILE: undefined, HTTP_UWSGI_FILE: "x" },
  }),
  served("a name of CGI", get("Remote-User: x\r\nPath-Info: /y\r\n"), {
    vars: { REMOTE_USER: undefined, PATH_INFO: "/x" },
  }),
];

const ONCE = [
  "Authorization",
  "Proxy-Authorization",
  "Content-Type",
  "User-Agent",
  "Referer",
  "From",
  "Date",
  "Max-Forwards",
  "Range",
  "If-Match",
  "If-None-Match",
  "If-Modified-Since",
  "If-Unmodified-Since",
  "If-Range",
];

const REPEATED: readonly HttpCase[] = [
  ...ONCE.map((name): HttpCase => refused(`${name} twice`, 400, get(`${name}: 1\r\n${name}: 1\r\n`))),
  refused(
    "Expect twice",
    400,
    post("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 3\r\n", ""),
  ),
  served("a list", get("X-Many: 1\r\nX-Other: x\r\nX-Many: 2, 3\r\nx-many: 4\r\n"), {
    vars: { HTTP_X_MANY: "1, 2, 3, 4" },
  }),
  served("Cookie", get("Cookie: a=1\r\nCookie: b=2\r\n"), { vars: { HTTP_COOKIE: "a=1; b=2" } }),
  served(
    "X-Forwarded-For, which the front says itself",
    get("X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n"),
    { vars: { HTTP_X_FORWARDED_FOR: "127.0.0.1", REMOTE_ADDR: "127.0.0.1" } },
  ),
];

const HOPS: readonly HttpCase[] = [
  {
    what: "Connection can not remove what the front says",
    send: get("X-Forwarded-For: 9.9.9.9\r\nConnection: close, X-Forwarded-For, Remote-Addr\r\n"),
    answers: [200],
    connection: "closed",
    served: [{ vars: { HTTP_X_FORWARDED_FOR: "127.0.0.1", REMOTE_ADDR: "127.0.0.1" } }],
  },
  served("Connection: Host", get("Connection: Host\r\n"), { vars: { HTTP_HOST: "a.test" } }),
  served("Connection: Content-Length", post("Connection: Content-Length\r\nContent-Length: 3\r\n", "abc"), {
    method: "POST",
    body: "abc",
    vars: { CONTENT_LENGTH: "3" },
  }),
  served(
    "Connection: Transfer-Encoding",
    post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"),
    {
      method: "POST",
      body: "abc",
    },
  ),
  served(
    "Connection: Cookie, Authorization",
    get("Connection: Cookie, Authorization\r\nCookie: a=1\r\nAuthorization: B\r\n"),
    {
      vars: { HTTP_COOKIE: "a=1", HTTP_AUTHORIZATION: "B" },
    },
  ),
  served(
    "fields of the connection",
    get("Keep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\nConnection: keep-alive, TE\r\n"),
    { vars: { HTTP_KEEP_ALIVE: undefined, HTTP_PROXY_CONNECTION: undefined, HTTP_TE: undefined } },
  ),
  served("a field that Connection lists", get("X-Hop: 1\r\nX-Stays: 2\r\nConnection: x-hop\r\n"), {
    vars: { HTTP_X_HOP: undefined, HTTP_X_STAYS: "2" },
  }),
];

/** The fields of a request. */
export const FIELD_CASES: HttpCases = {
  "Syntax of fields": SYNTAX,
  "Names of fields": NAMES,
  "Fields that are repeated": REPEATED,
  "Fields of one connection": HOPS,
};
