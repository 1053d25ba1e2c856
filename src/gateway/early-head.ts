/**
 * A body of an adapter that says when its head is to leave although no block is there yet: the interfaces behind the adapters promise that,
 * while a gateway application's head waits for its first block.
 */
export interface EarlyHeadBody {
  /** Settles when the head is to leave. */
  untilHeadLeaves(): Promise<void>;
}

export function hasEarlyHead(body: object): body is EarlyHeadBody {
  return "untilHeadLeaves" in body && typeof body.untilHeadLeaves === "function";
}
