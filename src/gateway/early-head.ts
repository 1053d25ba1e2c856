/**
 * A body of an adapter that says when its head is to leave although no block is there yet: the interfaces behind the adapters promise that,
 * while a gateway application's head waits for its first block.
 *
 * Told by its class, because at the body of a gateway application nobody may look for anything but how to iterate and how to close it.
 */
export abstract class EarlyHeadBody {
  readonly #isOurs = true;

  static isOne(body: object): body is EarlyHeadBody {
    return #isOurs in body && body.#isOurs;
  }

  /** @returns Settles when the head is to leave; `undefined`: with the first block. */
  abstract untilHeadLeaves(): Promise<void> | undefined;
}
