import { EARLY_HINTS_VAR } from "../../codec/constants.ts";
import { PERSISTENCE } from "../../codec/persistence.ts";
import type { Vars } from "../../codec/vars.ts";
import type { ParsedRequest } from "./parsed-request.ts";

const TAKES_HINTS = [EARLY_HINTS_VAR, "1"] as const;
const CLOSES = ["HTTP_CONNECTION", "close"] as const;
const CLOSING: Vars = [CLOSES];
const KEEPING: Vars = [PERSISTENCE.offer];
const KEEPING_WITH_HINTS: Vars = [PERSISTENCE.offer, TAKES_HINTS];

/** What the front knows of the connection a request came in on, or of the one that a trusted proxy in front of it tells of. */
export interface ClientFacts {
  /** Empty where there is none. */
  readonly remoteAddress: string;
  /** Empty where there is none. */
  readonly remotePort: string;
  readonly localPort: string;
  readonly scheme: "http" | "https";
  /** The client came through a Unix socket. @defaultValue false */
  readonly isUnix?: boolean;
  /** What the servers are told of the proxies on the way. @defaultValue this client, and its scheme */
  readonly forwarded?: Vars;
}

/**
 * The vars of a request, in the order they are sent: the mirror of the worker's environ.
 *
 * A client can set `HTTP_*` and CONTENT_TYPE, and nothing else; `params` come from the configuration, last, and replace what is there.
 * SERVER_PROTOCOL is HTTP/1.0 or HTTP/1.1 whatever else the client speaks, because uWSGI writes it back as it is.
 *
 * @param connection - What is said about the connection itself: see {@link connectionVars}.
 * @see protocol/README.md, "Vars"; RFC 3875 section 4.1
 */
export function requestVars(
  request: ParsedRequest,
  client: ClientFacts,
  params: readonly (readonly [name: string, value: string])[],
  connection: Vars = CLOSING,
): Vars {
  const vars: (readonly [string, string])[] = [
    ["REQUEST_METHOD", request.method],
    ["REQUEST_URI", request.requestUri],
    ["PATH_INFO", request.pathInfo],
    ["QUERY_STRING", request.queryString],
    ["SERVER_PROTOCOL", request.httpVersion === "1.0" ? "HTTP/1.0" : "HTTP/1.1"],
    ["SERVER_NAME", request.authority?.host ?? "localhost"],
    ["SERVER_PORT", client.localPort],
    ["REMOTE_ADDR", client.remoteAddress],
    ["REMOTE_PORT", client.remotePort],
    ["REQUEST_SCHEME", client.scheme],
  ];
  if (request.scriptName) vars.push(["SCRIPT_NAME", request.scriptName]);
  if (client.scheme === "https") vars.push(["HTTPS", "on"]);
  if (typeof request.bodyLength === "number") vars.push(["CONTENT_LENGTH", String(request.bodyLength)]);
  if (request.authority) vars.push(["HTTP_HOST", request.authority.text]);
  for (const pair of request.headerVars) vars.push(pair);
  if (client.forwarded) for (const pair of client.forwarded) vars.push(pair);
  else vars.push(["HTTP_X_FORWARDED_FOR", client.remoteAddress], ["HTTP_X_FORWARDED_PROTO", client.scheme]);
  for (const pair of connection) vars.push(pair);
  return params.length === 0 ? vars : withParams(vars, params);
}

/** What decides {@link connectionVars}. */
export interface ConnectionFacts {
  /** The protocols the client offers to switch to. */
  readonly upgrade: readonly string[] | undefined;
  /** The connection will be kept if the server agrees. */
  readonly isOffered: boolean;
  /** The server is a worker of this project. */
  readonly isOurs: boolean;
  /** A `103 Early Hints` reaches the client, and the server may know how to ask for one. */
  readonly takesHints: boolean;
}

/**
 * What the server is told about the connection: that it will be closed, for servers that would keep it; or the offer to keep it; or both,
 * while its kind is not known. With an upgrade the two vars are those of nginx in its usual configuration.
 */
export function connectionVars({ upgrade, isOffered, isOurs, takesHints }: ConnectionFacts): Vars {
  if (isOffered && isOurs) return takesHints ? KEEPING_WITH_HINTS : KEEPING;
  const vars: (readonly [string, string])[] = [];
  if (isOffered) vars.push(PERSISTENCE.offer);
  if (upgrade) vars.push(["HTTP_CONNECTION", "upgrade"], ["HTTP_UPGRADE", upgrade.join(", ")]);
  else vars.push(CLOSES);
  if (takesHints) vars.push(TAKES_HINTS);
  return vars;
}

function withParams(vars: Vars, params: Vars): Vars {
  const names = new Set(params.map(([name]) => name));
  return [...vars.filter(([name]) => !names.has(name)), ...params];
}

/**
 * Which vars take the most room, for a log line: names and sizes, never a value.
 *
 * @returns Such as `HTTP_COOKIE 5120, HTTP_REFERER 612, REQUEST_URI 90`.
 */
export function biggestVars(vars: Vars): string {
  return [...vars]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, 3)
    .map(([name, value]) => `${name} ${value.length}`)
    .join(", ");
}
