import { performance } from "node:perf_hooks";

/** Means of {@link shrink}. */
export interface ShrinkOptions {
  /** Whether an input still shows the fault. */
  readonly fails: (input: Buffer) => Promise<boolean>;
  /** Smaller inputs that keep the form. @defaultValue none */
  readonly reductions?: (input: Buffer) => Iterable<Buffer>;
  /** Stop after so many attempts. @defaultValue 400 */
  readonly maxAttempts?: number;
  /** Begin no attempt after this time, in milliseconds: a hang costs its whole limit each time. @defaultValue 15000 */
  readonly maxMs?: number;
}

const MAX_ATTEMPTS = 400;
const MAX_MS = 15_000;

/**
 * The smallest input found that still shows the fault: first by reductions that keep its form, then by leaving out bytes anywhere, in
 * halves, quarters and so on to single bytes.
 */
export async function shrink(input: Buffer, options: ShrinkOptions): Promise<Buffer> {
  const { fails, reductions, maxAttempts = MAX_ATTEMPTS, maxMs = MAX_MS } = options;
  const deadline = performance.now() + maxMs;
  let left = maxAttempts;
  const tryInput = async (candidate: Buffer): Promise<boolean> => {
    left = performance.now() > deadline ? 0 : left - 1;
    return left > 0 && (await fails(candidate));
  };
  let smallest = input;
  for (let before = Number.POSITIVE_INFINITY; smallest.length < before && left > 0; ) {
    before = smallest.length;
    if (reductions) smallest = await reduced(smallest, reductions, tryInput);
    smallest = await withoutBytes(smallest, tryInput);
  }
  return smallest;
}

type Try = (candidate: Buffer) => Promise<boolean>;

async function reduced(
  input: Buffer,
  reductions: (input: Buffer) => Iterable<Buffer>,
  tryInput: Try,
): Promise<Buffer> {
  for (const candidate of reductions(input)) {
    if (candidate.length < input.length && (await tryInput(candidate)))
      return reduced(candidate, reductions, tryInput);
  }
  return input;
}

async function withoutBytes(input: Buffer, tryInput: Try): Promise<Buffer> {
  let smallest = input;
  for (let size = Math.ceil(input.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < smallest.length; ) {
      const candidate = Buffer.concat([smallest.subarray(0, from), smallest.subarray(from + size)]);
      if (await tryInput(candidate)) smallest = candidate;
      else from += size;
    }
  }
  return smallest;
}
