import type { Drawing } from "./drawing.ts";

type Mutation = (bytes: Buffer, drawing: Drawing) => Buffer;

const EDGES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0d, 0x0a, 0x20, 0x3a, 0x30] as const;

const mutations: readonly [Mutation, ...Mutation[]] = [
  function flipBit(bytes, drawing) {
    const copy = Buffer.from(bytes);
    const at = drawing.below(copy.length);
    copy[at] = (copy[at] as number) ^ (1 << drawing.below(8));
    return copy;
  },
  function setByte(bytes, drawing) {
    const copy = Buffer.from(bytes);
    copy[drawing.below(copy.length)] = drawing.pick(EDGES);
    return copy;
  },
  function cut(bytes, drawing) {
    return bytes.subarray(0, drawing.below(bytes.length + 1));
  },
  function insert(bytes, drawing) {
    const at = drawing.below(bytes.length + 1);
    const added = Buffer.from(Array.from({ length: 1 + drawing.below(8) }, () => drawing.pick(EDGES)));
    return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)]);
  },
  function remove(bytes, drawing) {
    const from = drawing.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + drawing.below(8))]);
  },
  function repeat(bytes, drawing) {
    const from = drawing.below(bytes.length);
    const part = bytes.subarray(from, from + 1 + drawing.below(64));
    return Buffer.concat([bytes.subarray(0, from), part, bytes.subarray(from)]);
  },
  function swap(bytes, drawing) {
    const from = drawing.below(bytes.length);
    const to = from + drawing.below(bytes.length - from);
    return Buffer.concat([bytes.subarray(to), bytes.subarray(from, to), bytes.subarray(0, from)]);
  },
];

/**
 * Random changes to some bytes: mostly one, so that many inputs stay close to valid, seldom up to four.
 *
 * @param words - Put in whole now and then: what the grammar of the input is made of. @defaultValue none
 */
export function mutate(bytes: Buffer, drawing: Drawing, words: readonly string[] = []): Buffer {
  let result = bytes;
  const changes = drawing.below(3) > 0 ? 1 : 1 + drawing.below(4);
  for (let count = changes; count > 0 && result.length > 0; count -= 1) {
    const word = drawing.below(4) === 0 ? words[drawing.below(words.length || 1)] : undefined;
    result = word === undefined ? drawing.pick(mutations)(result, drawing) : putWord(result, word, drawing);
  }
  return result;
}

/** In between, or in place of as many bytes. */
function putWord(bytes: Buffer, word: string, drawing: Drawing): Buffer {
  const at = drawing.below(bytes.length + 1);
  const end = drawing.below(2) === 0 ? at : at + word.length;
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(word, "latin1"), bytes.subarray(end)]);
}
