import type { Split } from "./case.ts";
import type { Random } from "./random.ts";

/** So many bytes go one by one: past the vars of an ordinary request. What follows is cut into growing pieces, to end in time. */
const SINGLE_BYTES = 768;
/** Cuts at random places per payload, on average. */
const RANDOM_CUTS = 24;

/** Cut bytes into the pieces they are written in. Joined, the pieces are the bytes again. */
export function splitBytes(bytes: Buffer, split: Split, random: Random): readonly Buffer[] {
  switch (split) {
    case "whole":
      return bytes.length === 0 ? [] : [bytes];
    case "bytes":
      return pieces(bytes, (offset) => (offset < SINGLE_BYTES ? 1 : offset));
    case "random":
      return pieces(bytes, () => 1 + Math.floor(random() * Math.max(1, (2 * bytes.length) / RANDOM_CUTS)));
  }
}

function pieces(bytes: Buffer, sizeAt: (offset: number) => number): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const part = bytes.subarray(offset, offset + sizeAt(offset));
    parts.push(part);
    offset += part.length;
  }
  return parts;
}
