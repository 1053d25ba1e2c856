import { AddressRules, UNIX_CLIENT } from "../../net/address-rules.ts";
import type { AccessLogOptions } from "../access-log/access-log-options.ts";
import { createTraceparent, traceIdOf } from "../access-log/traceparent.ts";
import type { Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";
import { clientFacts } from "../request/client-facts.ts";

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
const TRACE_VARS = new Set(["HTTP_TRACEPARENT", "HTTP_TRACESTATE"]);

type HeaderVars = Visit["parsed"]["headerVars"];

/** Gives requests the names by which they are found again: an id, and a trace. */
export class TracingStage implements Stage {
  readonly name = "tracing";
  readonly #settings: Required<AccessLogOptions>;
  readonly #idVar: string | undefined;
  readonly #trusted: AddressRules;

  constructor(settings: Required<AccessLogOptions> & { readonly trustedProxies: readonly string[] }) {
    const { requestIdHeader, trustedProxies } = settings;
    this.#trusted = new AddressRules({ allow: trustedProxies, others: "deny" });
    this.#settings = settings;
    this.#idVar = requestIdHeader === false ? undefined : varName(requestIdHeader);
  }

  enter(visit: Visit): boolean {
    let { headerVars } = visit.parsed;
    if (this.#idVar !== undefined) headerVars = this.#named(visit, this.#idVar, headerVars);
    if (this.#settings.trace) headerVars = traced(visit, headerVars);
    if (headerVars !== visit.parsed.headerVars) visit.parsed = { ...visit.parsed, headerVars };
    return true;
  }

  #named(visit: Visit, idVar: string, headerVars: HeaderVars): HeaderVars {
    const { requestIdHeader } = this.#settings;
    const given = headerVars.find(([name]) => name === idVar);
    if (given && REQUEST_ID.test(given[1]) && this.#accepts(visit)) visit.id = given[1];
    const { id } = visit;
    visit.answer.ownField = [requestIdHeader || "", id];
    const others = given ? headerVars.filter((pair) => pair !== given) : headerVars;
    return [...others, [idVar, id]];
  }

  /** Of a proxy that is trusted, or of whom the program says so. */
  #accepts({ client, incoming }: Visit): boolean {
    const { isUnix, remoteAddress } = clientFacts(incoming.socket);
    return (
      this.#trusted.allows(isUnix ? UNIX_CLIENT : remoteAddress) || this.#settings.acceptsRequestIds(client)
    );
  }
}

/** A trace that is not valid is no trace: what was said about it goes with it. */
function traced(visit: Visit, headerVars: HeaderVars): HeaderVars {
  const given = headerVars.find(([name]) => name === "HTTP_TRACEPARENT")?.[1] ?? "";
  if (traceIdOf(given) !== "") return headerVars;
  const traceparent = createTraceparent();
  visit.traceId = traceIdOf(traceparent);
  return [...headerVars.filter(([name]) => !TRACE_VARS.has(name)), ["HTTP_TRACEPARENT", traceparent]];
}

function varName(field: string): string {
  return `HTTP_${field.toUpperCase().replaceAll("-", "_")}`;
}
