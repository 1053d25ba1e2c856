import type { ResponseFraming } from "../../codec/response-framing.ts";
import type { HeaderPair, ResponseHead } from "../../codec/response-head.ts";

/** Fields that were meant for the front, or for the connection between it and the worker. */
const DROPPED = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-uwsgi-bridge-persist",
  "x-sendfile",
  "x-accel-redirect",
  "x-accel-buffering",
  "x-accel-charset",
  "x-accel-expires",
  "x-accel-limit-rate",
]);

/** Fields of which a client may take either when there are two: the first one counts. */
const SINGLE = new Set(["content-type", "date", "location", "server"]);

type Rule = { readonly lowerName: string; readonly kind: "pass" | "single" | "drop" };

/** Names as workers spell them. They send the same few all the time, so the rules are looked up, not worked out. */
const knownRules = new Map<string, Rule>();
const MAX_KNOWN_RULES = 1024;

/**
 * The fields of a worker's response that the client gets, in their order.
 *
 * Content-Length is written anew from the framing that was checked, so that the client sees one, in one spelling. A 204 has none.
 *
 * @see RFC 9110 sections 7.6.1 and 8.6
 */
export function clientHeaders(head: ResponseHead, framing: ResponseFraming): HeaderPair[] {
  const listed = listedInConnection(head);
  const headers: HeaderPair[] = [];
  for (const pair of head.headers) {
    const { lowerName, kind } = ruleOf(pair[0]);
    if (kind === "drop" || listed?.has(lowerName)) continue;
    if (kind === "single" && headers.some(([name]) => ruleOf(name).lowerName === lowerName)) continue;
    headers.push(pair);
  }
  if (framing.length !== undefined && head.status !== 204)
    headers.push(["Content-Length", String(framing.length)]);
  return headers;
}

function ruleOf(name: string): Rule {
  const known = knownRules.get(name);
  if (known) return known;
  const lowerName = name.toLowerCase();
  const kind = DROPPED.has(lowerName) ? "drop" : SINGLE.has(lowerName) ? "single" : "pass";
  const rule: Rule = { lowerName, kind };
  if (knownRules.size < MAX_KNOWN_RULES) knownRules.set(name, rule);
  return rule;
}

function listedInConnection(head: ResponseHead): Set<string> | undefined {
  let listed: Set<string> | undefined;
  for (const [name, value] of head.headers) {
    if (name.length !== 10 || name.toLowerCase() !== "connection") continue;
    listed ??= new Set();
    for (const token of value.split(",")) listed.add(token.trim().toLowerCase());
  }
  return listed;
}
