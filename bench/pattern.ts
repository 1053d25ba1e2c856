/** A prime, so that no block that is lost, repeated or swapped can go unnoticed. */
const PERIOD = 1_048_573;

/** Largest piece that can be taken at once. */
export const MAX_PIECE = 65_536;

/** Endless bytes of which every piece is known: what a large body consists of. */
const bytes = createBytes();

/** The piece that begins at a position. A view: nothing is copied. */
export function pieceAt(position: number, length: number): Buffer {
  const start = position % PERIOD;
  return bytes.subarray(start, start + Math.min(length, MAX_PIECE));
}

/** Compares a body with the bytes it should consist of while it passes. */
export class PatternCheck {
  /** Bytes seen so far. */
  size = 0;
  isRight = true;

  take(block: Uint8Array): void {
    for (let offset = 0; offset < block.length; offset += MAX_PIECE) {
      const part = block.subarray(offset, offset + MAX_PIECE);
      this.isRight &&= pieceAt(this.size, part.length).equals(part);
      this.size += part.length;
    }
  }
}

/** The period once, and its beginning again, so that every piece is in one place. */
function createBytes(): Buffer {
  const buffer = Buffer.alloc(PERIOD + MAX_PIECE);
  let state = 1;
  for (let index = 0; index < buffer.length; index += 1) {
    if (index >= PERIOD) buffer[index] = buffer[index - PERIOD] ?? 0;
    else {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      buffer[index] = state >>> 24;
    }
  }
  return buffer;
}
