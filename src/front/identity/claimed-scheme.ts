import type { Claims } from "./claims.ts";
import { listOf } from "./hops.ts";

/** What the proxies say the client speaks. */
export type ClaimedScheme = "http" | "https" | "conflict" | undefined;

const SCHEMES: Readonly<Record<string, "http" | "https">> = {
  http: "http",
  https: "https",
  ws: "http",
  wss: "https",
  // What some call TLS in X-Forwarded-Protocol.
  ssl: "https",
};
const SWITCHES: Readonly<Record<string, "http" | "https">> = { on: "https", off: "http" };

/** @returns `undefined` for a word that is no scheme. */
export function schemeOf(word: string): "http" | "https" | undefined {
  const lower = word.toLowerCase();
  return Object.hasOwn(SCHEMES, lower) ? SCHEMES[lower] : undefined;
}

/**
 * The scheme by X-Forwarded-Proto and its like. Those that contradict each other are a conflict: one of them is a client's own.
 *
 * @param place - Picks the member of a list that is about the client.
 */
export function claimedScheme(
  claims: Claims,
  place: (list: readonly string[]) => string | undefined,
): ClaimedScheme {
  const words = [claims["x-forwarded-proto"], claims["x-forwarded-protocol"], claims["x-forwarded-scheme"]]
    .map((lines) => place(listOf(lines)))
    .filter((word) => word !== undefined);
  const switches = listOf(claims["x-forwarded-ssl"]);
  const schemes = new Set([...words.map(schemeOf), ...switches.map((word) => SWITCHES[word.toLowerCase()])]);
  schemes.delete(undefined);
  if (schemes.size > 1) return "conflict";
  return [...schemes][0];
}
