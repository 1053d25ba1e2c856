import type { Split } from "../case.ts";

/** Bytes of a message that leave one by one; heads are shorter, and a body of a megabyte need not take a million writes. */
const SINGLE_BYTES = 1024;
const BLOCK_BYTES = 4096;
const MAX_CUTS = 12;

/**
 * Cut bytes into the pieces of one write each.
 *
 * @param random - Draws numbers from 0 to below 1.
 */
export function cutBytes(bytes: Buffer, split: Split, random: () => number): Buffer[] {
  if (bytes.length < 2 || split === "whole") return [bytes];
  return split === "bytes" ? singles(bytes) : atRandom(bytes, random);
}

function singles(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = start < SINGLE_BYTES ? start + 1 : start + BLOCK_BYTES;
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}

function atRandom(bytes: Buffer, random: () => number): Buffer[] {
  const cuts = Array.from({ length: 1 + Math.floor(random() * MAX_CUTS) }, () =>
    Math.floor(random() * bytes.length),
  );
  const places = [...new Set([0, ...cuts, bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

/** Numbers that are the same for the same text, on every machine: FNV-1a seeds a mulberry32. */
export function seededRandom(text: string): () => number {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
