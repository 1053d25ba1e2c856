/** What an application has seen of its clients. */
export interface Tally {
  called: number;
  /** Clients whose departure it was told of, in every way it can be told. */
  gone: number;
  /** Bytes of `/flood` that the application could write, and of `/drain` that it has read. */
  bytes: number;
  /** Resolves when `/drain` may read. */
  readonly released: Promise<void>;
}

export const BLOCK_BYTES: number = 65_536;
/** The size of the body of `/flood`. */
export const FLOOD_BYTES: number = 64 * 1024 * 1024;
/** The beginning of the body of `/half`. */
export const BEGINNING = "the beginning";
/** nginx holds a response back unless it is told not to. */
export const UNBUFFERED = { "X-Accel-Buffering": "no" } as const;

/** Blocks that share no memory, so that those which wait somewhere are seen. */
export function* flood(tally: Tally): Generator<Buffer> {
  for (let sent = 0; sent < FLOOD_BYTES; sent += BLOCK_BYTES) {
    tally.bytes += BLOCK_BYTES;
    yield Buffer.alloc(BLOCK_BYTES, "x");
  }
}
