import { ConfigError } from "../errors.ts";
import { AddressRules } from "./address-rules.ts";
import { parseIpRange } from "./ip-range.ts";

/** Peers that may connect, by address. */
export class AllowList {
  readonly #rules: AddressRules;

  /**
   * @param entries - Addresses and CIDR ranges, such as `10.0.0.0/8` or `::1`.
   * @param option - The option they were given for, named by the error.
   * @throws {@link ConfigError} for an entry that is neither.
   */
  constructor(entries: readonly string[], option: string) {
    for (const entry of entries) {
      if (parseIpRange(entry)) continue;
      throw new ConfigError(
        option,
        `${JSON.stringify(entry)} is not an address or a range such as 10.0.0.0/8`,
      );
    }
    this.#rules = new AddressRules({ allow: entries, others: "deny" });
  }

  /** Whether a peer at this address may connect. An IPv4 address inside an IPv6 one counts as itself. */
  allows(address: string): boolean {
    return this.#rules.allows(address);
  }
}
