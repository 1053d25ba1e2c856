/** A value at a point in time. */
export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

const HOUR_MS = 3_600_000;

/** How a row of samples rises in an hour: the least squares line through all of them. */
export function slopePerHour(samples: readonly Sample[]): number {
  const count = samples.length;
  const meanAt = samples.reduce((sum, { atMs }) => sum + atMs, 0) / count;
  const mean = samples.reduce((sum, { value }) => sum + value, 0) / count;
  const together = samples.reduce((sum, { atMs, value }) => sum + (atMs - meanAt) * (value - mean), 0);
  const spread = samples.reduce((sum, { atMs }) => sum + (atMs - meanAt) ** 2, 0);
  return spread === 0 ? 0 : (together / spread) * HOUR_MS;
}

/** The lowest sample of each span: what is held, without what is about to be collected. */
export function lowest(samples: readonly Sample[], spanMs: number): Sample[] {
  const spans = new Map<number, Sample>();
  for (const sample of samples) {
    const span = Math.floor(sample.atMs / spanMs);
    const least = spans.get(span);
    if (!least || sample.value < least.value) spans.set(span, sample);
  }
  return [...spans.values()];
}
