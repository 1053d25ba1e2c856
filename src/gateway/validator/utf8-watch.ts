import type { Doubts } from "./doubts.ts";
import { counted } from "./lint-message.ts";

const UTF8 = /;\s*charset\s*=\s*"?utf-?8\b/i;

/** Reads a body along, wherever it is cut, and tells once when it is not the UTF-8 that it says it is: A52. */
export class Utf8Watch {
  readonly #doubts: Doubts;
  #decoder: InstanceType<typeof TextDecoder> | undefined = new TextDecoder("utf-8", { fatal: true });
  #bytes = 0;

  constructor(doubts: Doubts) {
    this.#doubts = doubts;
  }

  static appliesTo(contentType: string): boolean {
    return UTF8.test(contentType);
  }

  take(block: Uint8Array): void {
    this.#decode(block, `other bytes in the block that starts behind ${counted(this.#bytes, "byte")}`);
    this.#bytes += block.length;
  }

  end(): void {
    this.#decode(undefined, `half a character at the end, behind ${counted(this.#bytes, "byte")}`);
  }

  #decode(block: Uint8Array | undefined, found: string): void {
    try {
      this.#decoder?.decode(block, { stream: block !== undefined });
    } catch {
      this.#decoder = undefined;
      this.#doubts.raise("A52", found);
    }
  }
}
