/** Seconds in each unit of time that may stand behind a number. */
export const UNIT_SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;
type TimeUnit = keyof typeof UNIT_SECONDS;

const SIZE_UNITS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/**
 * A time as people write it: a plain number is seconds, `ms`, `s`, `m` and `h` may follow.
 *
 * @returns milliseconds; `undefined` for anything else.
 */
export function readDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Math.round(Number(digits) * UNIT_SECONDS[(unit ?? "s") as TimeUnit] * 1000);
}

/**
 * A size as people write it: a plain number is bytes, `k`, `m` and `g` may follow, in steps of 1024.
 *
 * @returns bytes; `undefined` for anything else.
 */
export function readSize(text: string): number | undefined {
  const [, digits, unit] = /^(\d+)([kmg])?b?$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (unit === undefined ? 1 : (SIZE_UNITS[unit.toLowerCase()] as number));
}
