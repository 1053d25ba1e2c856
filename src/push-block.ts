/** Blocks are joined up to this size, */
const JOINED_BYTES = 4096;
/** and only when so many wait that nobody is keeping up with them. */
const LOOSE_BLOCKS = 16;

/**
 * Add a block to a list that waits to be read or written, without letting small blocks cost many times their bytes: a peer that sends one
 * byte at a time would otherwise buy hundreds of bytes of our memory with each.
 *
 * Once many wait, a block is joined with the one before it when that is no longer, and so on, as a binary counter carries: each byte is copied a
 * dozen times at most.
 */
export function pushBlock(blocks: Buffer[], block: Buffer): void {
  if (blocks.length < LOOSE_BLOCKS) {
    blocks.push(block);
    return;
  }
  let last = block;
  for (let before = blocks.at(-1); before && isJoined(before, last); before = blocks.at(-1)) {
    blocks.pop();
    last = Buffer.concat([before, last]);
  }
  blocks.push(last);
}

function isJoined(before: Buffer, last: Buffer): boolean {
  return before.length <= last.length && before.length + last.length <= JOINED_BYTES;
}
