import { EarlyHeadBody } from "../../gateway/early-head.ts";
import { nextTurn } from "../next-turn.ts";

/** Blocks on their way from a writer, which waits until one is taken, to a reader, which waits until there is one. */
export class BlockQueue extends EarlyHeadBody implements AsyncIterable<Uint8Array> {
  #block: { readonly bytes: Uint8Array; readonly taken: () => void } | undefined;
  #outcome: { readonly error: unknown } | "ended" | undefined;
  #wakeReader: (() => void) | undefined;
  #isAbandoned = false;

  /** @param taken - Called when the reader wants more than this block. */
  put(bytes: Uint8Array, taken: () => void): void {
    if (this.#isAbandoned) {
      taken();
      return;
    }
    this.#block = { bytes, taken };
    this.#wakeReader?.();
  }

  end(): void {
    this.#outcome ??= "ended";
    this.#wakeReader?.();
  }

  fail(error: unknown): void {
    this.#outcome ??= { error };
    this.#wakeReader?.();
  }

  /** An application that has flushed its head wants it to leave. */
  override untilHeadLeaves(): Promise<void> {
    return nextTurn();
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    let taken: (() => void) | undefined;
    try {
      for (;;) {
        const block = this.#block;
        if (block) {
          this.#block = undefined;
          taken = block.taken;
          yield block.bytes;
          taken = undefined;
          block.taken();
        } else if (this.#outcome === undefined) {
          await new Promise<void>((resolve) => {
            this.#wakeReader = resolve;
          });
        } else if (this.#outcome === "ended") {
          return;
        } else {
          throw this.#outcome.error;
        }
      }
    } finally {
      // A reader that has enough does not hold the writer up.
      this.#isAbandoned = true;
      (taken ?? this.#block?.taken)?.();
    }
  }
}
