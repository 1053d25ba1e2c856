import { BlockList, isIP } from "node:net";
import { ConfigError } from "../errors.ts";

/** Peers that may connect, by address. */
export class AllowList {
  readonly #list = new BlockList();

  /**
   * @param entries - Addresses and CIDR ranges, such as `10.0.0.0/8` or `::1`.
   * @param option - The option they were given for, named by the error.
   * @throws {@link ConfigError} for an entry that is neither.
   */
  constructor(entries: readonly string[], option: string) {
    for (const entry of entries) this.#add(entry, option);
  }

  /** Whether a peer at this address may connect. An IPv4 address inside an IPv6 one counts as itself. */
  allows(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#list.check(address, family === 6 ? "ipv6" : "ipv4");
  }

  #add(entry: string, option: string): void {
    const [address = "", prefix, ...rest] = entry.split("/");
    const family = isIP(address);
    const maxPrefix = family === 6 ? 128 : 32;
    const bits = prefix === undefined ? maxPrefix : Number(prefix);
    const isValid = family !== 0 && rest.length === 0 && prefix !== "" && Number.isInteger(bits);
    if (!isValid || bits < 0 || bits > maxPrefix) {
      throw new ConfigError(
        option,
        `${JSON.stringify(entry)} is not an address or a range such as 10.0.0.0/8`,
      );
    }
    this.#list.addSubnet(address, bits, family === 6 ? "ipv6" : "ipv4");
  }
}
