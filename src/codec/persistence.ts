import type { Packet } from "./packet.ts";

/**
 * How a front and a worker of this project agree to use a connection for more than one request. Nobody else takes notice: routers rewrite the
 * modifiers, and no HTTP client can name a var without `HTTP_`, so both together say that the peer itself made the offer.
 *
 * @see protocol/README.md, "Persistent connections"
 */
export const PERSISTENCE = {
  /** `modifier2` of a packet that offers to keep the connection. */
  modifier2: 200,
  /** The var that comes with it. */
  offer: ["UWSGI_BRIDGE_PERSIST", "1"],
  /** The response field by which the worker accepts; its value is how long it keeps an idle connection, in seconds. */
  header: "X-Uwsgi-Bridge-Persist",
  /** Written by a worker in place of a response: what follows was not, and will not be, executed. */
  closeMark: "\xc8\x00\x00\x00",
} as const;

const LOWER_HEADER = PERSISTENCE.header.toLowerCase();
const MAX_IDLE_SECONDS = 86_400;

/** Whether a packet offers to keep the connection. */
export function offersPersistence({ modifier1, modifier2, vars }: Packet): boolean {
  if (modifier1 !== 0 || modifier2 !== PERSISTENCE.modifier2) return false;
  const [name, value] = PERSISTENCE.offer;
  return vars.some((pair) => pair[0] === name && pair[1] === value);
}

/**
 * What a response says about keeping the connection.
 *
 * @returns Milliseconds the worker keeps it when idle; `undefined`: the connection is not to be used again.
 */
export function acceptedIdleMs(headers: readonly (readonly [string, string])[]): number | undefined {
  let seconds: number | undefined;
  for (const [name, value] of headers) {
    if (name.length !== LOWER_HEADER.length || name.toLowerCase() !== LOWER_HEADER) continue;
    // Twice, or not a number: somebody else wrote it.
    if (seconds !== undefined || !/^[1-9]\d{0,5}$/.test(value)) return undefined;
    seconds = Number(value);
  }
  return seconds === undefined || seconds > MAX_IDLE_SECONDS ? undefined : seconds * 1000;
}
