import type { HeaderPair, ResponseHead } from "../codec/response-head.ts";
import { UsageError } from "../errors.ts";
import { checkFields } from "./response-start.ts";

const NONE: readonly string[] = [];
const STATUS_LINE = /^101 ([\t\u0020-\u007e\u0080-\u00ff]*)$/;
/** Fields that say the same as the 101 itself, or how a body that there is not would be framed. */
const SERVERS_OWN = new Set(["connection", "upgrade"]);
const REFUSED = new Set(["content-length", "transfer-encoding", "trailer", "keep-alive", "te"]);

/**
 * The protocols that a request asks to switch to, in lower case; none for an ordinary request.
 *
 * @see RFC 9110 section 7.8
 */
export function protocolsAsked(environ: Readonly<Record<string, string | undefined>>): readonly string[] {
  const upgrade = environ["HTTP_UPGRADE"];
  if (upgrade === undefined) return NONE;
  return tokens(environ["HTTP_CONNECTION"] ?? "").includes("upgrade") ? tokens(upgrade) : NONE;
}

/**
 * Check what an application passed to `uwsgi_bridge.upgrade`, and complete it: `Connection` is the server's, `Upgrade` may be left out when it
 * is the protocol that was asked for first.
 *
 * @throws {@link UsageError} `UWB_ERR_STATUS`, `UWB_ERR_UPGRADE` for a protocol nobody asked for, `UWB_ERR_HOP_BY_HOP` for fields that
 *   frame a body, and as `startResponse` does.
 */
export function announceSwitch(
  status: unknown,
  headers: unknown,
  protocols: readonly string[],
): ResponseHead {
  const fields = checkFields(headers);
  const framing = fields.find(([name]) => REFUSED.has(name.toLowerCase()));
  if (framing)
    throw new UsageError("UWB_ERR_HOP_BY_HOP", `${framing[0]} has no meaning in a switch of protocols`);
  const own: HeaderPair[] = [
    ["Connection", "Upgrade"],
    ["Upgrade", protocolOf(fields, protocols)],
  ];
  const others = fields.filter(([name]) => !SERVERS_OWN.has(name.toLowerCase()));
  return { status: 101, reason: reasonOf(status), headers: [...own, ...others] };
}

function reasonOf(status: unknown): string {
  if (status === 101) return "Switching Protocols";
  const [, reason] = (typeof status === "string" && STATUS_LINE.exec(status)) || [];
  if (reason === undefined)
    throw new UsageError("UWB_ERR_STATUS", "a switch of protocols has the status 101");
  return reason;
}

function protocolOf(fields: readonly HeaderPair[], protocols: readonly string[]): string {
  const given = fields.filter(([name]) => name.toLowerCase() === "upgrade").map(([, value]) => value);
  const protocol = given.length === 0 ? protocols[0] : given.join(", ");
  if (protocol === undefined || !protocols.includes(protocol.toLowerCase())) {
    throw new UsageError("UWB_ERR_UPGRADE", "the request did not ask for the protocol of this Upgrade field");
  }
  return protocol;
}

function tokens(list: string): string[] {
  return list
    .toLowerCase()
    .split(",")
    .map((token) => token.trim())
    .filter((token) => token !== "");
}
