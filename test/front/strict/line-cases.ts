import { getTarget, HIDDEN, HOST, type HttpCase, type HttpCases, refused, served } from "./http-case.ts";

const LINES: readonly HttpCase[] = [
  refused("LF instead of CR LF everywhere", 400, "GET /x HTTP/1.1\nHost: a.test\n\n"),
  refused("LF behind one field", 400, "GET /x HTTP/1.1\r\nHost: a.test\nX-A: 1\r\n\r\n"),
  refused("LF behind the request line", 400, `GET /x HTTP/1.1\n${HOST}\r\n`),
  refused("LF as the empty line", 400, `GET /x HTTP/1.1\r\n${HOST}\n`),
  refused("CR behind the request line", 400, `GET /x HTTP/1.1\r${HOST}\r\n`),
  refused("CR between two fields", 400, "GET /x HTTP/1.1\r\nHost: a.test\rX-A: 1\r\n\r\n"),
  served("an empty line before the request line", `\r\nGET /x HTTP/1.1\r\n${HOST}\r\n`),
  served("LF before the request line", `\nGET /x HTTP/1.1\r\n${HOST}\r\n`),
  refused("empty lines, and a field", 400, `\r\n\r\n\r\n${HOST}\r\n`),
  served("two spaces behind the method", `GET  /x HTTP/1.1\r\n${HOST}\r\n`),
  refused("a space behind the version", 400, `GET /x HTTP/1.1 \r\n${HOST}\r\n`),
  refused("a space before the method", 400, ` GET /x HTTP/1.1\r\n${HOST}\r\n`),
  refused("a tab behind the method", 400, `GET\t/x HTTP/1.1\r\n${HOST}\r\n`),
  refused("a space in the target", 400, `GET /x y HTTP/1.1\r\n${HOST}\r\n`),
  refused("bytes of TLS", 400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
];

const VERSIONS: readonly HttpCase[] = [
  refused("no version", 505, "GET /x\r\n\r\n"),
  {
    what: "HTTP/1.0, which needs no Host",
    send: "GET /x HTTP/1.0\r\n\r\n",
    answers: [200],
    connection: "closed",
    served: [{ vars: { SERVER_PROTOCOL: "HTTP/1.0", HTTP_HOST: undefined } }],
  },
  {
    what: "HTTP/1.0 that asks to be kept",
    send: `GET /x HTTP/1.0\r\n${HOST}Connection: keep-alive\r\n\r\n`,
    answers: [200],
    connection: "kept",
    served: [{ vars: { SERVER_PROTOCOL: "HTTP/1.0", HTTP_HOST: "a.test" } }],
  },
  refused("HTTP/2.0", 505, `GET /x HTTP/2.0\r\n${HOST}\r\n`),
  refused("HTTP/1.2", 400, `GET /x HTTP/1.2\r\n${HOST}\r\n`),
  refused("the preface of HTTP/2", 400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  refused("the name in lower case", 400, `GET /x http/1.1\r\n${HOST}\r\n`),
  refused("another name", 400, `GET /x HTTQ/1.1\r\n${HOST}\r\n`),
  refused("HTTP/1.10", 400, `GET /x HTTP/1.10\r\n${HOST}\r\n`),
  refused("HTTP/01.1", 400, `GET /x HTTP/01.1\r\n${HOST}\r\n`),
  refused("HTTP/1", 400, `GET /x HTTP/1\r\n${HOST}\r\n`),
];

const METHODS: readonly HttpCase[] = [
  refused("a method that nobody registered", 400, `FOO /x HTTP/1.1\r\n${HOST}\r\n`),
  refused("a method in lower case", 400, `get /x HTTP/1.1\r\n${HOST}\r\n`),
  refused("a method with a brace", 400, `GE{T /x HTTP/1.1\r\n${HOST}\r\n`),
  refused("CONNECT", 405, "CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n"),
  refused("CONNECT with a body", 405, `CONNECT b.test:443 HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`),
  refused("TRACE", 405, `TRACE /x HTTP/1.1\r\n${HOST}Cookie: s=1\r\n\r\n`),
  served("HEAD, without a body", `HEAD /x HTTP/1.1\r\n${HOST}\r\n`, { method: "HEAD" }),
  {
    what: "DELETE with a body",
    send: `DELETE /x HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc${HIDDEN}`,
    answers: [200, 200],
    connection: "kept",
    served: [{ method: "DELETE", body: "abc" }, { uri: "/hidden" }],
  },
  refused("OPTIONS *, which the front answers", 204, `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`),
  served("OPTIONS of a path", `OPTIONS /x HTTP/1.1\r\n${HOST}\r\n`, { method: "OPTIONS" }),
  refused("GET *", 400, getTarget("*")),
  served("a method of WebDAV", `PROPFIND /x HTTP/1.1\r\n${HOST}\r\n`, { method: "PROPFIND" }),
];

/** The first line of a request. */
export const LINE_CASES: HttpCases = { Lines: LINES, Versions: VERSIONS, Methods: METHODS };
