import { ConfigError } from "../../errors.ts";

/** How many requests a client may send: `{ requests: 10, perSeconds: 1, burst: 20 }`. */
export interface RequestRate {
  /** Requests in {@link perSeconds}, evenly spread: 300 in 60 seconds are one every 200 ms. */
  readonly requests: number;
  /** @defaultValue 1 */
  readonly perSeconds?: number;
  /** Requests that may come earlier than that, beside the one that is due. @defaultValue 0 */
  readonly burst?: number;
}

/** Beyond these the arithmetic of {@link LeakyBucket} would not be exact. */
const LARGEST = { requests: 1_000_000, perSeconds: 3600, burst: 1_000_000 } as const;

/**
 * Check a rate.
 *
 * @throws {@link ConfigError} that names the option.
 */
export function checkRate({ requests, perSeconds = 1, burst = 0 }: RequestRate, option: string): void {
  checkPart("requests", requests, 1, option);
  checkPart("perSeconds", perSeconds, 1, option);
  checkPart("burst", burst, 0, option);
}

function checkPart(part: keyof typeof LARGEST, value: number, least: number, option: string): void {
  const most = LARGEST[part];
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ConfigError(
    option,
    `${option}: ${part} must be a whole number from ${least} to ${most}, got ${value}`,
  );
}
