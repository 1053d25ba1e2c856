import { ConfigError } from "./errors.ts";

/** Smallest and largest value of each numeric option. */
export type Ranges<K extends string> = Readonly<Record<K, readonly [min: number, max: number]>>;

/** The options with every default filled in. An option that is `undefined` counts as left out. */
export function withDefaults<T extends object>(defaults: Required<T>, options: T): Required<T> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as T) };
}

/**
 * Check that every listed option is a whole number in its range.
 *
 * @throws {@link ConfigError} that names the option, its range and what was given.
 */
export function checkRanges<K extends string>(
  settings: Readonly<Record<K, number>>,
  ranges: Ranges<K>,
): void {
  for (const option of Object.keys(ranges) as K[]) {
    const [min, max] = ranges[option];
    const value = settings[option];
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new ConfigError(option, `${option} must be a whole number from ${min} to ${max}, got ${value}`);
    }
  }
}
