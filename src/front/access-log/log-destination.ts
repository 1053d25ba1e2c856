/** Where the lines of a log go. */
export interface LogDestination {
  /** Most bytes that are given to one write. */
  readonly maxWriteBytes: number;
  /**
   * Write whole lines. Nothing else is written before the answer.
   *
   * @param done - Called once. An error: the number of lines that are not there.
   */
  write(text: string, done: (failure?: WriteFailure) => void): void;
  /** Write the last lines as far as that can be done at once, and close. */
  close(text: string): void;
}

/** Lines that could not be written. */
export interface WriteFailure {
  readonly error: NodeJS.ErrnoException;
  readonly lostLines: number;
}

/** What a pipe takes in one piece, however many processes write to it. */
export const PIPE_WRITE_BYTES = 4096;

/** How many lines a text has. */
export function countLines(text: string): number {
  let count = 0;
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) count += 1;
  return count;
}
