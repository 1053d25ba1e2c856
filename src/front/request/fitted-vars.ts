import type { Upstream } from "../../client/upstream.ts";
import { UWSGI_DEFAULTS } from "../../codec/constants.ts";
import { type Vars, varsSize } from "../../codec/vars.ts";
import { ProtocolError } from "../../errors.ts";
import type { FrontSettings } from "../options.ts";
import type { ParsedRequest } from "./parsed-request.ts";
import { type ClientFacts, connectionVars, requestVars } from "./request-vars.ts";

/** The vars of a request as one server gets them. */
export interface FittedVars {
  readonly vars: Vars;
  /** They offer to keep the connection. */
  readonly wasOffered: boolean;
  /** They are more than the servers take: nothing is to be sent. Its status hint is 431. */
  readonly error: ProtocolError | undefined;
}

/** What the vars are made from. */
export interface VarsSource {
  readonly parsed: ParsedRequest;
  readonly client: ClientFacts;
  /** The protocols the client offers to switch to. */
  readonly upgrade: readonly string[] | undefined;
  readonly params: Vars;
  readonly settings: FrontSettings;
}

/** Make the vars of a request for a server, within the limits of what servers take. Nobody is refused because of our own offers. */
export function fittedVars(source: VarsSource, upstream: Upstream): FittedVars {
  const { parsed, client, upgrade, params, settings } = source;
  const facts = {
    upgrade,
    isOffered: upstream.isOffered && upgrade === undefined,
    isOurs: upstream.keepsConnections,
    takesHints: settings.earlyHints && upstream.mayBeOurs && parsed.httpVersion === "1.1",
  };
  const vars = requestVars(parsed, client, params, connectionVars(facts));
  // A server that may be uWSGI is not given more than it takes because of our own vars.
  const isModest = facts.isOurs || fits(vars, UWSGI_DEFAULTS);
  if (isModest && fits(vars, settings)) return { vars, wasOffered: facts.isOffered, error: undefined };
  const plain = connectionVars({ ...facts, isOffered: false, takesHints: false });
  const plainVars = requestVars(parsed, client, params, plain);
  const error = fits(plainVars, settings) ? undefined : tooMuch(plainVars, settings);
  return { vars: plainVars, wasOffered: false, error };
}

function fits(
  vars: Vars,
  { maxVars, maxVarsBytes }: Pick<FrontSettings, "maxVars" | "maxVarsBytes">,
): boolean {
  return vars.length <= maxVars && varsSize(vars) <= maxVarsBytes;
}

function tooMuch(vars: Vars, { maxVars, maxVarsBytes }: FrontSettings): ProtocolError {
  const size = varsSize(vars);
  const at = { offset: 0, statusHint: 431 };
  return size > maxVarsBytes
    ? new ProtocolError(
        "UWB_ERR_VARS_TOO_LARGE",
        `the request needs ${size} bytes of vars, the servers take ${maxVarsBytes} (--backend-buffer-size)`,
        at,
      )
    : new ProtocolError(
        "UWB_ERR_VARS_TOO_MANY",
        `the request needs ${vars.length} vars, the servers take ${maxVars} (--backend-max-vars)`,
        at,
      );
}
