import { MODIFIER1 } from "../codec/constants.ts";

/** Values of `modifier1` that carry a request: vars, a body, and an answer in HTTP. */
const REQUESTS = new Set([MODIFIER1.request, 5, 6, 7, 8, 9, 11, 14, 15, 30]);

const NAMES: Readonly<Record<number, string>> = {
  [MODIFIER1.request]: "a request for the default application",
  5: "a request for PSGI (Perl)",
  6: "a request for Lua",
  7: "a request for Rack (Ruby)",
  8: "a request for the JVM",
  9: "a request for CGI",
  11: "a request for gccgo",
  14: "a request for PHP",
  15: "a request for Mono",
  17: "a job for the spooler",
  30: "a request; SCRIPT_NAME is to be taken off PATH_INFO",
  72: "raw HTTP; defined, used by nobody",
  [MODIFIER1.ping]: "a ping",
  101: "echo; its payload is free, not vars",
  110: "a signal, its number in modifier2",
  111: "a cache command",
  173: "a remote call; its payload is a list, not vars",
  200: "the close mark of persistent connections",
  224: "a subscription to a router",
  255: "a generic answer, its status in modifier2",
};

/** What a packet is for, by its `modifier1`. */
export function modifierName(modifier1: number): string {
  return NAMES[modifier1] ?? "unknown to this tool";
}

/** Whether such a packet is a request: a body may follow it, and HTTP answers it. */
export function isRequest(modifier1: number): boolean {
  return REQUESTS.has(modifier1);
}
