import { Drawing } from "./drawing.ts";
import { mutate } from "./mutate.ts";

/** Inputs to start from, the most ordinary first. */
export type Seeds = readonly [Buffer, ...Buffer[]];

/** So many inputs have one that is not mutated among them: it shows that the subject still does what is asked. */
const ONE_AS_IT_IS_IN = 16;
const STEP = 7919;

/** Which input, and how it comes about. */
export interface InputOptions {
  readonly seed: number;
  readonly run: number;
  /** @defaultValue {@link mutate} */
  readonly change?: typeof mutate;
}

/** The input of a run: one of the seeds, mutated, and now and then as it is. */
export function inputFrom(
  seeds: Seeds,
  words: readonly string[],
  { seed, run, change = mutate }: InputOptions,
): Buffer {
  const drawing = new Drawing(Math.imul(seed, 0x9e3779b1) + run * STEP);
  const input = drawing.pick(seeds);
  return drawing.below(ONE_AS_IT_IS_IN) === 0 ? input : change(input, drawing, words);
}
