import { page, refused } from "../answer-expectations.ts";
import { both, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { valuesOf } from "../http-answer.ts";
import { packet, type VarRule } from "../packet-expectations.ts";
import { answer, GOOD_ANSWER, LENGTH, OK } from "../script.ts";
import { request } from "../template.ts";

const SOURCE = "RFC 9110 section 7.6.1";
const THIS_HOP =
  "The field speaks of the connection to the front, and says nothing true about the one to the worker.";

interface DroppedRow {
  readonly name: string;
  readonly fields: string;
  readonly vars: Readonly<Record<string, VarRule>>;
}

/** `Connection` may be replaced by what the front says about its own connection. */
const ownConnection: VarRule = (values) =>
  values.every((value) => value === "" || value.toLowerCase() === "close")
    ? undefined
    : JSON.stringify(values);

const DROPPED: readonly DroppedRow[] = [
  { name: "connection", fields: "Connection: keep-alive⏎", vars: { HTTP_CONNECTION: ownConnection } },
  {
    name: "keep-alive",
    fields: "Connection: keep-alive⏎Keep-Alive: timeout=5⏎",
    vars: { HTTP_KEEP_ALIVE: undefined },
  },
  {
    name: "proxy-connection",
    fields: "Proxy-Connection: keep-alive⏎",
    vars: { HTTP_PROXY_CONNECTION: undefined },
  },
  { name: "te", fields: "Connection: TE⏎TE: trailers⏎", vars: { HTTP_TE: undefined } },
  { name: "trailer", fields: "Trailer: X-T⏎", vars: { HTTP_TRAILER: undefined } },
  {
    name: "upgrade",
    fields: "Connection: Upgrade⏎Upgrade: foo/1⏎",
    vars: { HTTP_UPGRADE: undefined, HTTP_CONNECTION: ownConnection },
  },
  { name: "listed", fields: "Connection: close, X-Hop⏎X-Hop: 1⏎", vars: { HTTP_X_HOP: undefined } },
  {
    name: "listed-in-two-lines",
    fields: "Connection: X-A⏎X-A: 1⏎X-B: 2⏎Connection: x-b⏎",
    vars: { HTTP_X_A: undefined, HTTP_X_B: undefined },
  },
];

const requests: readonly FrontRow[] = [
  ...DROPPED.map(
    ({ name, fields, vars }): FrontRow => ({
      name,
      level: "SHOULD",
      rule: "Fields about the client's connection are not passed on",
      source: SOURCE,
      why: THIS_HOP,
      send: request({ fields }),
      allow: both(page(200), packet({ vars })),
    }),
  ),
  {
    name: "h2c",
    level: "SHOULD",
    rule: "An upgrade to HTTP/2 is done by the front, or ignored; its fields are not passed on",
    source: SOURCE,
    why: "A worker that agreed would let its client pass by all rules of the front.",
    send: request({
      fields: "Connection: Upgrade, HTTP2-Settings⏎Upgrade: h2c⏎HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA⏎",
    }),
    mayLeaveHttp1: true,
    allow: either(
      both(page(200), packet({ vars: { HTTP_UPGRADE: undefined, HTTP_HTTP2_SETTINGS: undefined } })),
      that("101 of the front", ({ answers, arrivals }) =>
        answers[0]?.status === 101 && arrivals.every((arrival) => arrival.values("HTTP_UPGRADE").length === 0)
          ? undefined
          : "no 101 of the front",
      ),
    ),
  },
  {
    name: "listed-host",
    rule: "Connection can not remove Host",
    source: SOURCE,
    why: "A client would decide what the application does not see.",
    send: request({ fields: "Connection: Host⏎" }),
    allow: either(
      both(page(200), packet({ vars: { HTTP_HOST: ([host]) => (host ? undefined : "is missing") } })),
      refused(400),
    ),
  },
  {
    name: "listed-content-length",
    rule: "Connection can not remove Content-Length",
    source: SOURCE,
    why: "The worker would take the body for nothing, or for a packet.",
    send: request({ method: "POST", fields: "Connection: Content-Length⏎Content-Length: 3⏎", body: "abc" }),
    allow: either(both(page(200), packet({ vars: { CONTENT_LENGTH: "3" }, body: "abc" })), refused(400)),
  },
  {
    name: "listed-remote-address",
    rule: "Connection can not remove what the front says itself",
    source: SOURCE,
    why: "Access rules of the application go by it.",
    send: request({ fields: "Connection: close, X-Forwarded-For, Remote-Addr⏎X-Forwarded-For: 9.9.9.9⏎" }),
    allow: both(
      page(200),
      packet({ vars: { REMOTE_ADDR: ([address]) => (address ? undefined : "is missing") } }),
    ),
  },
  {
    name: "expect",
    level: "SHOULD",
    rule: "Expect is answered by the front and not passed on",
    source: "RFC 9110 section 10.1.1",
    why: "A worker can not answer 100 without harm.",
    send: request({ method: "POST", fields: "Expect: 100-continue⏎Content-Length: 3⏎", body: "abc" }),
    allow: both(page(200), packet({ vars: { HTTP_EXPECT: undefined } })),
  },
];

const NO_HOP = { "proxy-connection": undefined, trailer: undefined, upgrade: undefined };
/** The front may send one of its own. */
const notTheWorkersKeepAlive = that("no Keep-Alive of the worker", ({ answers: [first] }) =>
  first && valuesOf(first, "keep-alive").some((value) => value.includes("77"))
    ? "it is passed on"
    : undefined,
);

const responses: readonly FrontRow[] = [
  {
    name: "response-connection",
    rule: "Connection of the worker does not decide about the client's connection",
    source: SOURCE,
    why: "The client would wait on, or drop, the wrong connection.",
    send: request(),
    script: answer(`${OK}Connection: close⏎${LENGTH}⏎{T}`),
    allow: page(200),
  },
  {
    name: "response-keep-alive",
    rule: "Connection: keep-alive of the worker is dropped and nobody waits for it",
    source: "protocol/README.md section 5.3",
    why: "uWSGI says so and closes all the same.",
    send: request(),
    script: answer(`${OK}Connection: keep-alive⏎Keep-Alive: timeout=9⏎${LENGTH}⏎{T}`),
    allow: page(200),
    best: page(200, { fields: { "proxy-connection": undefined, upgrade: undefined } }),
  },
  {
    name: "response-listed",
    rule: "Fields listed in the worker's Connection are dropped",
    source: SOURCE,
    why: "They were meant for the front.",
    send: request(),
    script: answer(`${OK}Connection: close, X-Hop⏎X-Hop: 1⏎X-Stays: 1⏎${LENGTH}⏎{T}`),
    allow: page(200, { fields: { "x-stays": "1" } }),
    best: page(200, { fields: { "x-hop": undefined, "x-stays": "1" } }),
  },
  {
    name: "response-hop-fields",
    level: "SHOULD",
    rule: "Keep-Alive, Proxy-Connection, Trailer and Upgrade of the worker are dropped",
    source: SOURCE,
    why: THIS_HOP,
    send: request(),
    script: answer(`${OK}Keep-Alive: timeout=77⏎Proxy-Connection: x⏎Trailer: X-T⏎Upgrade: h2⏎${LENGTH}⏎{T}`),
    allow: both(page(200, { fields: NO_HOP }), notTheWorkersKeepAlive),
  },
  {
    name: "end-to-end-fields",
    rule: "All other fields pass, in both directions",
    source: "RFC 9110 section 7.6.1",
    why: "Unknown fields are how HTTP is extended.",
    send: request({ fields: "X-New: 1⏎Cache-Control: no-cache⏎" }),
    script: answer(GOOD_ANSWER.replace("⏎Content-Type", "⏎X-New: 2⏎Cache-Control: no-store⏎Content-Type")),
    allow: both(
      page(200, { fields: { "x-new": "2", "cache-control": "no-store", "content-type": "text/plain" } }),
      packet({ vars: { HTTP_X_NEW: "1", HTTP_CACHE_CONTROL: "no-cache" } }),
    ),
  },
];

/** Fields that belong to one connection. */
export const hopByHopCases: readonly FrontCase[] = frontCases("hop-by-hop", [...requests, ...responses]);
