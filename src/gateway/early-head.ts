/**
 * The key under which the body of an adapter says when its head is to leave although no block is there yet: the interfaces behind the
 * adapters promise that, while a gateway application's head waits for its first block.
 */
export const EARLY_HEAD: unique symbol = Symbol("earlyHead");

/** A body whose head does not wait for it. */
export interface EarlyHeadBody {
  /** Settles when the head is to leave. */
  [EARLY_HEAD](): Promise<void>;
}

export function hasEarlyHead(body: object): body is EarlyHeadBody {
  return EARLY_HEAD in body;
}
