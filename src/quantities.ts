const SECOND_MS = 1000;
const TIME_UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: 60 * SECOND_MS,
  h: 3600 * SECOND_MS,
};
const SIZE_UNITS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/**
 * A time as people write it: a plain number is seconds, `ms`, `s`, `m` and `h` may follow.
 *
 * @returns milliseconds; `undefined` for anything else.
 */
export function readDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  return digits === undefined
    ? undefined
    : Math.round(Number(digits) * (TIME_UNITS_MS[unit ?? "s"] as number));
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
