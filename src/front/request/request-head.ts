import { isIdempotent } from "../../client/retry-rule.ts";
import type { Upstream } from "../../client/upstream.ts";
import { packetText } from "../../codec/packet-encoder.ts";
import { PERSISTENCE } from "../../codec/persistence.ts";
import type { Vars } from "../../codec/vars.ts";
import { ProtocolError } from "../../errors.ts";
import { formatEndpoint } from "../../net/endpoint.ts";
import { httpRequestText, unsafeVar } from "../http-target/http-request.ts";
import type { Visit } from "../pipeline/visit.ts";
import type { UpgradeAttempt } from "../upgrade/upgrade-attempt.ts";
import { type FittedVars, fittedVars } from "./fitted-vars.ts";
import type { ParsedRequest } from "./parsed-request.ts";
import { requestVars } from "./request-vars.ts";

const NO_VARS: Vars = [];

/** The vars of a request for a server of its route, whether they are sent as such or as header fields. */
export function varsFor(visit: Visit, parsed: ParsedRequest, upstream: Upstream): FittedVars {
  const { client, route } = visit;
  const { settings, params } = route.group;
  const upgrade = upgradeOf(visit)?.offer;
  if (route.httpBase === undefined)
    return fittedVars({ parsed, client, upgrade, params, settings }, upstream);
  const vars = requestVars(parsed, client, NO_VARS, NO_VARS);
  const unsafe = unsafeVar(vars);
  const error = unsafe === undefined ? undefined : unsafeError(unsafe);
  return { vars, wasOffered: settings.persist && upgrade === undefined, error };
}

/** What is sent in front of the body: a packet, or the head of an HTTP request. */
export function requestHead(visit: Visit, upstream: Upstream, { vars, wasOffered }: FittedVars): string {
  const { parsed, route } = visit;
  const { settings } = route.group;
  if (route.httpBase !== undefined) {
    const address = formatEndpoint(upstream.target);
    const upgrade = upgradeOf(visit)?.offer;
    return httpRequestText({ parsed, vars, base: route.httpBase, address, isKept: wasOffered, upgrade });
  }
  const modifier2 = wasOffered ? PERSISTENCE.modifier2 : settings.modifier2;
  return packetText({ modifier1: settings.modifier1, modifier2, vars });
}

/**
 * A worker takes a kept connection whose request does not make the offer for somebody else's, and closes it. An HTTP server says nothing
 * before it closes an idle one, and what may not run twice could not be sent again.
 */
export function needsFreshConnection({ parsed, route }: Visit, wasOffered: boolean): boolean {
  return route.httpBase === undefined ? !wasOffered : !isIdempotent(parsed.method);
}

/** The switch of protocols that a client asks for, where its route has any. */
export function upgradeOf({ route, wish }: Visit): UpgradeAttempt | undefined {
  return route.upgrades === false ? undefined : wish.upgrade;
}

function unsafeError(name: string): ProtocolError {
  return new ProtocolError("UWB_ERR_REQUEST_INVALID", `${name} has a control character`, { offset: 0 });
}
