import { PERSISTENCE } from "../codec/persistence.ts";

const MARK = Buffer.from(PERSISTENCE.closeMark, "latin1");
const NOTHING = Buffer.alloc(0);

/** Looks for a close mark where an answer should begin. No response begins with its first byte. */
export class CloseMarkWatch {
  #held: Buffer = NOTHING;
  #isOver = false;

  /**
   * Take the next bytes of an answer.
   *
   * @returns `mark`: the worker says that it did not run the request. Otherwise what belongs to the response: empty while a few bytes
   *   may still become a mark.
   */
  receive(chunk: Buffer): Buffer | "mark" {
    if (this.#isOver || (this.#held.length === 0 && chunk[0] !== MARK[0])) {
      this.#isOver = true;
      return chunk;
    }
    const held = Buffer.concat([this.#held, chunk]);
    if (held.subarray(0, MARK.length).equals(MARK)) return "mark";
    if (MARK.subarray(0, held.length).equals(held)) {
      this.#held = held;
      return NOTHING;
    }
    this.#isOver = true;
    return held;
  }
}
