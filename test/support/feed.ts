/** Ways to cut the same bytes into chunks. A decoder may not notice the difference. */

/** One way to cut. */
export interface Cut {
  readonly name: string;
  readonly chunks: readonly Uint8Array[];
}

/** Inputs up to this size are cut at every position; longer ones at a sample of them. */
const EVERY_POSITION_UP_TO = 1024;
/** Positions tried at each end of a longer input, and between the ends. */
const SAMPLED_AT_EACH_END = 48;
const SAMPLED_BETWEEN = 48;

/** Whole, byte by byte, and in two behind the four bytes of a packet header. */
export const namedCuts: Readonly<Record<string, (wire: Buffer) => Uint8Array[]>> = {
  whole: (wire) => [wire],
  "byte by byte": byteByByte,
  "header, then rest": (wire) => cutAt(wire, 4),
};

/**
 * The same bytes in two chunks, cut at every position from "nothing, then all" to "all, then nothing".
 *
 * @param around - Positions that matter in a long input: they and their neighbours are always among the sample.
 */
export function twoWayCuts(wire: Buffer, around: readonly number[] = []): Cut[] {
  return cutPositions(wire.length, around).map((position) => ({
    name: `cut at ${position}`,
    chunks: cutAt(wire, position),
  }));
}

export function byteByByte(wire: Buffer): Uint8Array[] {
  return Array.from(wire, (_, index) => wire.subarray(index, index + 1));
}

/** Cut behind each of these sizes in turn; what is left is the last chunk. */
export function cutBySizes(wire: Buffer, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (const size of sizes) {
    chunks.push(wire.subarray(start, start + size));
    start += size;
  }
  return [...chunks, wire.subarray(start)];
}

function cutAt(wire: Buffer, position: number): Uint8Array[] {
  return [wire.subarray(0, position), wire.subarray(position)];
}

function cutPositions(length: number, around: readonly number[]): number[] {
  if (length <= EVERY_POSITION_UP_TO) return Array.from({ length: length + 1 }, (_, position) => position);
  const atEachEnd = Array.from({ length: SAMPLED_AT_EACH_END }, (_, index) => [index, length - index]);
  const between = Array.from({ length: SAMPLED_BETWEEN }, (_, index) =>
    Math.floor((length * (index + 1)) / (SAMPLED_BETWEEN + 1)),
  );
  const neighbours = around.flatMap((position) => [position - 1, position, position + 1]);
  return [...new Set([...atEachEnd.flat(), ...between, ...neighbours])].filter(
    (position) => position <= length,
  );
}
