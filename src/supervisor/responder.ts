/** Knows what the processes of a supervisor have to agree about. The supervisor carries questions and answers, and understands neither. */
export interface Responder {
  /**
   * A process asks.
   *
   * @param process - Another number for each process there has been.
   * @returns `undefined`: there is no answer.
   */
  respond(process: number, question: unknown): unknown;
  /** A process has ended. */
  forget(process: number): void;
}
