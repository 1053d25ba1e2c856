import type { Logger } from "../../log.ts";
import { AddressRules } from "../../net/address-rules.ts";
import type { AccessOptions } from "./access-options.ts";
import { WatchedList } from "./watched-list.ts";

/** The addresses that are let in, from options and files, as they are at present. */
export class AccessList {
  readonly #settings: Required<AccessOptions>;
  readonly #allowFiles: readonly WatchedList[];
  readonly #denyFiles: readonly WatchedList[];
  #rules: AddressRules;
  #generation = 0;

  /** @throws {@link ConfigError} when a file can not be used. */
  constructor(settings: Required<AccessOptions>, log: Logger) {
    this.#settings = settings;
    const onChange = (): void => {
      this.#rules = this.#makeRules();
      this.#generation += 1;
    };
    const open: WatchedList[] = [];
    const watch = (option: "allowFiles" | "denyFiles"): WatchedList[] =>
      settings[option].map((file) => {
        const list = new WatchedList(file, option, { log, onChange });
        open.push(list);
        return list;
      });
    try {
      this.#allowFiles = watch("allowFiles");
      this.#denyFiles = watch("denyFiles");
    } catch (error) {
      for (const list of open) list.close();
      throw error;
    }
    this.#rules = this.#makeRules();
  }

  /** Another number whenever the answers may be others. */
  get generation(): number {
    return this.#generation;
  }

  /** @param address - Of a client, or `unix`. */
  allows(address: string): boolean {
    return this.#rules.allows(address);
  }

  close(): void {
    for (const list of [...this.#allowFiles, ...this.#denyFiles]) list.close();
  }

  #makeRules(): AddressRules {
    const { allow, deny, allowFiles } = this.#settings;
    return new AddressRules({
      allow: [...allow, ...this.#allowFiles.flatMap(({ entries }) => entries)],
      deny: [...deny, ...this.#denyFiles.flatMap(({ entries }) => entries)],
      // An empty file lets nobody in: whoever names one wants a list.
      others: allow.length + allowFiles.length > 0 ? "deny" : "allow",
    });
  }
}
