import { createHash } from "node:crypto";
import type { ResponseFraming } from "../../codec/response-framing.ts";
import { type HeaderPair, type ResponseHead, responseHeadText } from "../../codec/response-head.ts";
import type { HttpHead } from "../request/http-head.ts";
import { clientHeaders } from "../response/response-headers.ts";

/** Which protocols a client may ask to switch to: all, none, or these. */
export type AllowedUpgrades = boolean | readonly string[];

/** A connection that was handed to HTTP/2 would pass by every rule of the front. */
const NEVER = new Set(["h2c", "h2", "http", "tls"]);
/** RFC 6455 section 1.3 */
const WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const NO_BODY: ResponseFraming = { type: "none", length: undefined };

/**
 * The protocols a request asks to switch to, those that are allowed, as the client spelt them.
 *
 * @returns `undefined` for an ordinary request: one that asks for nothing allowed, that has a body, or that is no GET of HTTP/1.1.
 * @see RFC 9110 section 7.8
 */
export function upgradeOffer(
  { method, httpVersion, rawHeaders }: HttpHead,
  allowed: AllowedUpgrades,
): readonly string[] | undefined {
  if (method !== "GET" || httpVersion !== "1.1" || allowed === false) return undefined;
  const fields = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    const earlier = fields.get(name);
    const value = rawHeaders[index + 1] as string;
    fields.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  const hasBody = fields.has("transfer-encoding") || (fields.get("content-length") ?? "0") !== "0";
  const isAsked = tokens(fields.get("connection")).some((token) => token.toLowerCase() === "upgrade");
  if (hasBody || !isAsked) return undefined;
  const offer = tokens(fields.get("upgrade")).filter((protocol) => isAllowed(protocol, allowed));
  return offer.length === 0 ? undefined : offer;
}

/**
 * Why a 101 may not be passed on; `undefined`: it may.
 *
 * @param websocketKey - The client's Sec-WebSocket-Key. The answer to it shows that the worker means this request.
 * @see RFC 6455 section 4.2.2
 */
export function wrongSwitch(
  head: ResponseHead,
  offer: readonly string[] | undefined,
  websocketKey: string | undefined,
): string | undefined {
  if (!offer) return "which nobody asked for";
  const [protocol, second] = tokens(valuesOf(head, "upgrade").join(","));
  const isOffered = offer.some((offered) => offered.toLowerCase() === protocol?.toLowerCase());
  if (protocol === undefined || second !== undefined || !isOffered) return "to none that was offered";
  if (protocol.toLowerCase() !== "websocket" || websocketKey === undefined) return undefined;
  const [accept] = valuesOf(head, "sec-websocket-accept");
  return accept === websocketAccept(websocketKey)
    ? undefined
    : "with a Sec-WebSocket-Accept that does not answer the key";
}

/** The 101 as the client gets it. */
export function switchText(head: ResponseHead): string {
  const own: HeaderPair[] = [
    ["Connection", "Upgrade"],
    ["Upgrade", valuesOf(head, "upgrade").join(", ")],
  ];
  return responseHeadText({ ...head, headers: [...own, ...clientHeaders(head, NO_BODY)] });
}

function isAllowed(protocol: string, allowed: AllowedUpgrades): boolean {
  const whole = protocol.toLowerCase();
  const [name = ""] = whole.split("/");
  if (NEVER.has(name)) return false;
  return typeof allowed === "boolean"
    ? allowed
    : allowed.some((entry) => [whole, name].includes(entry.toLowerCase()));
}

function websocketAccept(key: string): string {
  return createHash("sha1").update(`${key}${WEBSOCKET_GUID}`).digest("base64");
}

function valuesOf(head: ResponseHead, lowerName: string): string[] {
  return head.headers.filter(([name]) => name.toLowerCase() === lowerName).map(([, value]) => value);
}

function tokens(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((token) => token.trim())
    .filter((token) => token !== "");
}
