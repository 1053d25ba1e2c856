import { HEADER_BYTES, MODIFIER1 } from "../codec/constants.ts";
import type { Packet } from "../codec/packet.ts";
import { varsSize } from "../codec/vars.ts";
import { modifierName } from "./modifier-names.ts";
import { count } from "./quantities.ts";

/** Most bytes of vars a uWSGI accepts, unless started with `--buffer-size`. */
export const UWSGI_BUFFER_SIZE = 4096;
/** Most vars a uWSGI accepts, unless started with `--max-vars`. */
export const UWSGI_MAX_VARS = 128;

const MAX_BUFFER_SIZE = 65_535;

/**
 * Why a server may have closed without an answer, the likeliest reason first. A server that can not use a
 * packet says so in its log only; what it could not use must be guessed from the packet.
 *
 * @see protocol/README.md, "Size limits"
 */
export function silentCloseReasons(packet: Packet): string[] {
  const { modifier1, vars } = packet;
  if (modifier1 === MODIFIER1.ping)
    return ["uWSGI answers a ping only with its ping plugin: start it with --plugin ping"];
  const size = varsSize(vars);
  const reasons: string[] = [];
  if (size > UWSGI_BUFFER_SIZE) {
    const enough = Math.min(MAX_BUFFER_SIZE, 2 ** Math.ceil(Math.log2(size + HEADER_BYTES)));
    reasons.push(
      `${size} bytes of vars are more than the ${UWSGI_BUFFER_SIZE} of a uWSGI without --buffer-size: start it with --buffer-size ${enough}`,
    );
  }
  if (vars.length > UWSGI_MAX_VARS) {
    reasons.push(
      `${vars.length} vars are more than the ${UWSGI_MAX_VARS} of a uWSGI without --max-vars: start it with --max-vars ${vars.length}`,
    );
  }
  if (modifier1 !== MODIFIER1.request) {
    reasons.push(
      `modifier1 ${modifier1} is ${modifierName(modifier1)}: the server may not have the plugin for it`,
    );
  }
  reasons.push(
    "the application failed before it began to answer, or was killed (harakiri): the log of the server tells",
  );
  if (reasons.length === 1) {
    reasons.push(
      `the limits of uWSGI are hardly the reason: ${count(vars.length, "var")} in ${count(size, "byte")}, where it accepts ` +
        `${UWSGI_MAX_VARS} (--max-vars) in ${UWSGI_BUFFER_SIZE} (--buffer-size) unless told otherwise`,
    );
  }
  return reasons;
}
