/** What becomes of a request: {@link ADMITTED}, {@link CROWDED}, or the microseconds after which its client may send another. */
export type Verdict = number;

/** It may go on. */
export const ADMITTED = 0;
/** Its client has too many in progress. When one of them will be over is not known. */
export const CROWDED = -1;
