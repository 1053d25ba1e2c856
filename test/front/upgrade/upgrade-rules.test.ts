import { describe, expect, test } from "vitest";
import {
  type AllowedUpgrades,
  switchText,
  upgradeOffer,
  wrongSwitch,
} from "../../../src/front/upgrade/upgrade-rules.ts";

interface OfferCase {
  readonly name: string;
  readonly allowed?: AllowedUpgrades;
  readonly method?: string;
  readonly httpVersion?: string;
  readonly headers?: readonly string[];
  readonly offer: readonly string[] | undefined;
}

const ASKS = ["Connection", "Upgrade", "Upgrade", "websocket"];

const offers: readonly OfferCase[] = [
  { name: "a WebSocket", offer: ["websocket"] },
  {
    name: "names in any case",
    headers: ["CONNECTION", "uPGRADE", "upgrade", "WebSocket"],
    offer: ["WebSocket"],
  },
  {
    name: "one token of several",
    headers: ["Connection", "keep-alive, Upgrade", "Upgrade", "websocket"],
    offer: ["websocket"],
  },
  {
    name: "repeated fields",
    headers: ["Connection", "keep-alive", "Connection", "Upgrade", "Upgrade", "foo", "Upgrade", "websocket"],
    offer: ["websocket"],
  },
  {
    name: "a version behind the name",
    headers: ["Connection", "Upgrade", "Upgrade", "websocket/13"],
    offer: ["websocket/13"],
  },
  { name: "another protocol", headers: ["Connection", "Upgrade", "Upgrade", "foo"], offer: undefined },
  {
    name: "another protocol when all are allowed",
    allowed: true,
    headers: ["Connection", "Upgrade", "Upgrade", "foo, bar"],
    offer: ["foo", "bar"],
  },
  {
    name: "HTTP/2 even then",
    allowed: true,
    headers: ["Connection", "Upgrade, HTTP2-Settings", "Upgrade", "h2c", "HTTP2-Settings", "AAMAAABk"],
    offer: undefined,
  },
  { name: "nothing when it is off", allowed: false, offer: undefined },
  { name: "a list that is empty", allowed: [], offer: undefined },
  { name: "POST", method: "POST", offer: undefined },
  { name: "HTTP/1.0", httpVersion: "1.0", offer: undefined },
  { name: "no Connection", headers: ["Upgrade", "websocket"], offer: undefined },
  {
    name: "no upgrade in Connection",
    headers: ["Connection", "close", "Upgrade", "websocket"],
    offer: undefined,
  },
  { name: "no Upgrade", headers: ["Connection", "Upgrade"], offer: undefined },
  { name: "an empty body", headers: [...ASKS, "Content-Length", "0"], offer: ["websocket"] },
  { name: "a body", headers: [...ASKS, "Content-Length", "3"], offer: undefined },
  { name: "a chunked body", headers: [...ASKS, "Transfer-Encoding", "chunked"], offer: undefined },
];

test.each(offers)(
  "what is offered: $name",
  ({ allowed = ["websocket"], method = "GET", httpVersion = "1.1", headers = ASKS, offer }) => {
    expect(upgradeOffer({ method, target: "/", httpVersion, rawHeaders: headers }, allowed)).toEqual(offer);
  },
);

/** Key and answer of RFC 6455 section 1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

interface SwitchCase {
  readonly name: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly offer?: readonly string[];
  readonly key?: string;
  readonly fault: RegExp | undefined;
}

const switches: readonly SwitchCase[] = [
  { name: "the offered protocol", headers: [["Upgrade", "websocket"]], fault: undefined },
  { name: "uWSGI's spelling of it", headers: [["upgrade", "WebSocket"]], fault: undefined },
  { name: "one of two", headers: [["Upgrade", "b"]], offer: ["a", "b"], fault: undefined },
  { name: "no protocol", headers: [], fault: /none that was offered/ },
  { name: "another protocol", headers: [["Upgrade", "foo"]], fault: /none that was offered/ },
  { name: "two protocols", headers: [["Upgrade", "websocket, foo"]], fault: /none that was offered/ },
  {
    name: "a key that is answered",
    headers: [
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Accept", ACCEPT],
    ],
    key: KEY,
    fault: undefined,
  },
  {
    name: "a key that is not answered",
    headers: [["Upgrade", "websocket"]],
    key: KEY,
    fault: /does not answer/,
  },
  {
    name: "a key that is answered wrongly",
    headers: [
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Accept", ACCEPT.toLowerCase()],
    ],
    key: KEY,
    fault: /does not answer/,
  },
];

describe("a 101", () => {
  test.each(switches)("with $name", ({ headers, offer = ["websocket"], key, fault }) => {
    const answer = wrongSwitch({ status: 101, reason: "", headers }, offer, key);
    if (fault) expect(answer).toMatch(fault);
    else expect(answer).toBeUndefined();
  });

  test("that nobody asked for", () => {
    const head = { status: 101, reason: "", headers: [["Upgrade", "websocket"]] as const };
    expect(wrongSwitch(head, undefined, undefined)).toMatch(/nobody asked/);
  });

  test("reaches the client without what belongs to the other connection", () => {
    const headers = [
      ["connection", "upgrade, x-hop"],
      ["upgrade", "WebSocket"],
      ["X-Hop", "1"],
      ["Content-Length", "5"],
      ["Sec-WebSocket-Accept", ACCEPT],
    ] as const;
    expect(switchText({ status: 101, reason: "Web Socket Protocol Handshake", headers })).toBe(
      `HTTP/1.1 101 Web Socket Protocol Handshake\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`,
    );
  });
});
