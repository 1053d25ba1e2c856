/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/**
 * How two series that were taken in turns compare: the median of the ratios within each round. What slows the machine down for a
 * while slows both, and falls out.
 */
export function ratioOf(series: readonly number[], reference: readonly number[]): number {
  return median(series.map((value, index) => value / (reference[index] ?? Number.NaN)));
}
