import { AddressRules, UNIX_CLIENT } from "../../net/address-rules.ts";
import type { Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";
import type { Refusal } from "../request/refusal.ts";
import type { ClientFacts } from "../request/request-vars.ts";
import { claimLines } from "./claims.ts";
import { type EffectiveClient, effectiveClient, type Trust } from "./effective-client.ts";
import type { IdentityOptions } from "./identity-options.ts";

/** What is known of a peer, and what it said last. */
interface KnownPeer {
  readonly isTrusted: boolean;
  said: string;
  found: EffectiveClient | Refusal | undefined;
}

/** Finds the client of each request behind the proxies that are trusted. */
export class IdentityStage implements Stage {
  readonly name = "identity";
  readonly #trust: Trust;
  readonly #replacesHost: boolean;
  readonly #peers = new WeakMap<ClientFacts, KnownPeer>();
  #malformed = 0;

  constructor({ trustedProxies, realIpHeader, forwardedHost }: Required<IdentityOptions>) {
    const rules = new AddressRules({ allow: trustedProxies, others: "deny" });
    this.#trust = { isTrusted: (address) => rules.allows(address), realIpHeader };
    this.#replacesHost = forwardedHost;
  }

  enter(visit: Visit): boolean {
    const peer = this.#peer(visit.client);
    if (!peer.isTrusted) return true;
    const lines = claimLines(visit.incoming.rawHeaders);
    if (lines.length === 0) return true;
    const found = this.#find(lines, visit.client, peer);
    if ("status" in found) {
      visit.refuse(found);
      return false;
    }
    if (found.isMalformed) this.#malformed += 1;
    visit.client = found.client;
    if (this.#replacesHost && found.authority) visit.parsed = { ...visit.parsed, authority: found.authority };
    return true;
  }

  counts(): { readonly malformedForwarded: number } {
    return { malformedForwarded: this.#malformed };
  }

  #peer(facts: ClientFacts): KnownPeer {
    const seen = this.#peers.get(facts);
    if (seen) return seen;
    const isTrusted = this.#trust.isTrusted(facts.isUnix ? UNIX_CLIENT : facts.remoteAddress);
    const peer: KnownPeer = { isTrusted, said: "", found: undefined };
    this.#peers.set(facts, peer);
    return peer;
  }

  /** A proxy that serves one client on a connection says the same each time: then the same facts are used, and whatever hangs on them. */
  #find(lines: readonly string[], facts: ClientFacts, peer: KnownPeer): EffectiveClient | Refusal {
    const said = lines.join("\n");
    if (!peer.found || peer.said !== said) {
      peer.said = said;
      peer.found = effectiveClient(lines, facts, this.#trust);
    }
    return peer.found;
  }
}
