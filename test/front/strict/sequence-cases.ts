import { get, getTarget, HIDDEN, HOST, type HttpCase, type HttpCases, post } from "./http-case.ts";

const POSTED = { method: "POST", body: "abc" } as const;
const CHUNKS = "3\r\nabc\r\n0\r\n\r\n";

const PIPELINING: readonly HttpCase[] = [
  {
    what: "three requests at once",
    send: ["/p1", "/p2", "/p3"].map(getTarget).join(""),
    answers: [200, 200, 200],
    connection: "kept",
    served: [{ uri: "/p1" }, { uri: "/p2" }, { uri: "/p3" }],
  },
  {
    what: "a request behind Connection: close",
    send: get("Connection: close\r\n") + HIDDEN,
    answers: [200],
    connection: "closed",
    served: [{}],
  },
  {
    what: "a request behind one of HTTP/1.0",
    send: `GET /x HTTP/1.0\r\n${HOST}\r\n${HIDDEN}`,
    answers: [200],
    connection: "closed",
    served: [{}],
  },
  {
    what: "an empty line between two requests",
    send: `${post("Content-Length: 3\r\n", "abc")}\r\n${HIDDEN}`,
    answers: [200, 200],
    connection: "kept",
    served: [POSTED, { uri: "/hidden" }],
  },
  {
    what: "a request behind one without a usable coding, behind another",
    send: getTarget("/1") + post("Transfer-Encoding: gzip, chunked\r\n", CHUNKS) + HIDDEN,
    answers: [200, 501],
    connection: "closed",
    served: [{ uri: "/1" }],
  },
];

const UPGRADES: readonly HttpCase[] = [
  {
    what: "an unknown protocol, and a request behind it",
    send: get("Connection: Upgrade\r\nUpgrade: foo\r\n") + HIDDEN,
    answers: [200, 200],
    connection: "kept",
    served: [{ vars: { HTTP_UPGRADE: undefined } }, { uri: "/hidden" }],
  },
  {
    what: "an unknown protocol, and a body",
    send: post("Connection: Upgrade\r\nUpgrade: foo\r\nContent-Length: 3\r\n", "abc") + HIDDEN,
    answers: [200, 200],
    connection: "kept",
    served: [POSTED, { uri: "/hidden" }],
  },
  {
    what: "a WebSocket of a version nobody knows, which the worker does not switch to",
    send:
      get(
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
      ) + HIDDEN,
    answers: [200],
    connection: "closed",
    served: [{ vars: { HTTP_UPGRADE: "websocket" } }],
  },
  {
    what: "HTTP/2",
    send: get(
      "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
    ),
    answers: [200],
    connection: "kept",
    served: [{ vars: { HTTP_UPGRADE: undefined, HTTP_HTTP2_SETTINGS: undefined } }],
  },
];

const EXPECTATIONS: readonly HttpCase[] = [
  {
    what: "100-continue",
    send: post("Expect: 100-continue\r\nContent-Length: 3\r\n", "abc"),
    answers: [100, 200],
    connection: "kept",
    served: [{ ...POSTED, vars: { HTTP_EXPECT: undefined } }],
  },
  {
    what: "100-continue in HTTP/1.0",
    send: `POST /x HTTP/1.0\r\n${HOST}Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc`,
    answers: [200],
    connection: "closed",
    served: [POSTED],
  },
  {
    what: "100-continue without a body, and a request behind it",
    send: get("Expect: 100-continue\r\n") + HIDDEN,
    answers: [100, 200, 200],
    connection: "kept",
    served: [{}, { uri: "/hidden" }],
  },
  {
    what: "100-continue and a body that looks like a request",
    send: post(`Expect: 100-continue\r\nContent-Length: ${HIDDEN.length}\r\n`, HIDDEN),
    answers: [100, 200],
    connection: "kept",
    served: [{ method: "POST", body: HIDDEN }],
  },
  {
    what: "something else, with a body and a request behind it",
    send: post("Expect: foo\r\nContent-Length: 3\r\n", "abc") + HIDDEN,
    answers: [417],
    connection: "closed",
    served: [],
  },
  {
    what: "100-continue and a length above the limit",
    send: post("Expect: 100-continue\r\nContent-Length: 99999999999\r\n", ""),
    answers: [413],
    connection: "closed",
    served: [],
  },
];

/** Requests that follow each other, and what stands between them. */
export const SEQUENCE_CASES: HttpCases = {
  "Several requests": PIPELINING,
  Upgrades: UPGRADES,
  Expectations: EXPECTATIONS,
};
