import type { Logger } from "../../log.ts";
import { UNIX_CLIENT } from "../../net/address-rules.ts";
import type { Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";
import type { Refusal } from "../request/refusal.ts";
import type { ClientFacts } from "../request/request-vars.ts";
import { AccessList } from "./access-list.ts";
import type { AccessOptions } from "./access-options.ts";
import { MethodRules } from "./method-rules.ts";
import { PathRules } from "./path-rules.ts";

/** What was decided about a client, and by which generation of the list. */
interface Verdict {
  readonly isAllowed: boolean;
  readonly generation: number;
}

const NOT_LET_IN: Refusal = { status: 403, reason: "requests from this address are not served" };
const NO_SUCH_PATH: Refusal = { status: 403, reason: "this path is not served" };

/** Turns away whom the lists do not let in, and what is asked in vain whoever asks. */
export class AccessStage implements Stage {
  readonly name = "access";
  readonly #list: AccessList | undefined;
  readonly #methods: MethodRules | undefined;
  readonly #paths: PathRules | undefined;
  /** A connection keeps its facts: its address is looked up once. */
  readonly #verdicts = new WeakMap<ClientFacts, Verdict>();
  #denied = 0;

  /** @throws {@link ConfigError} when a file of addresses can not be used. */
  constructor(settings: Required<AccessOptions> & { readonly log: Logger }) {
    const { allow, deny, allowFiles, denyFiles, allowMethods, denyPaths } = settings;
    const hasList = [allow, deny, allowFiles, denyFiles].some(({ length }) => length > 0);
    this.#list = hasList ? new AccessList(settings, settings.log) : undefined;
    this.#methods = allowMethods.length > 0 ? new MethodRules(allowMethods) : undefined;
    this.#paths = denyPaths.length > 0 ? new PathRules(denyPaths) : undefined;
  }

  enter(visit: Visit): boolean {
    const refusal = this.#refusal(visit);
    if (!refusal) return true;
    this.#denied += 1;
    visit.refuse(refusal);
    return false;
  }

  counts(): { readonly deniedRequests: number } {
    return { deniedRequests: this.#denied };
  }

  close(): void {
    this.#list?.close();
  }

  #refusal({ client, parsed }: Visit): Refusal | undefined {
    if (this.#list && !this.#isLetIn(client, this.#list)) return NOT_LET_IN;
    const methods = this.#methods;
    if (methods && !methods.allows(parsed.method))
      return {
        status: 405,
        reason: `${parsed.method} is not served here`,
        headers: [["Allow", methods.field]],
      };
    return this.#paths?.denies(parsed.pathInfo) ? NO_SUCH_PATH : undefined;
  }

  #isLetIn(client: ClientFacts, list: AccessList): boolean {
    const seen = this.#verdicts.get(client);
    if (seen?.generation === list.generation) return seen.isAllowed;
    const address = client.isUnix ? UNIX_CLIENT : client.remoteAddress;
    const verdict = { isAllowed: list.allows(address), generation: list.generation };
    this.#verdicts.set(client, verdict);
    return verdict.isAllowed;
  }
}
