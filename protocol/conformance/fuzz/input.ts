import { Drawing } from "./drawing.ts";
import { mutate } from "./mutate.ts";

/** So many inputs have one that is not mutated among them: it shows that the subject still does what is asked. */
const ONE_AS_IT_IS_IN = 16;
const STEP = 7919;

/** The input of a run: one of the seeds, mutated, and now and then as it is. */
export function inputFrom(
  seeds: readonly Buffer[],
  words: readonly string[],
  { seed, run }: { readonly seed: number; readonly run: number },
): Buffer {
  const drawing = new Drawing(Math.imul(seed, 0x9e3779b1) + run * STEP);
  const input = seeds[drawing.below(seeds.length)] ?? Buffer.alloc(0);
  return drawing.below(ONE_AS_IT_IS_IN) === 0 ? input : mutate(input, drawing, words);
}
