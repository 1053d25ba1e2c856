/**
 * What can be wrong with an answer: nobody accepts connections any more, neither an answer nor a close came in time, the answer is that
 * of another request, it is no HTTP, the next answer on the connection is not that of the next request, or something that is right in
 * every case was refused.
 */
export type FailureKind =
  | "crash"
  | "hang"
  | "wrong-token"
  | "invalid-http"
  | "desync"
  | "refused"
  | "invalid-packet";

/** The subject of a fuzz run did what it must not. */
export class FuzzFailure extends Error {
  readonly kind: FailureKind;
  /** What was seen, where the message says the same of every input. */
  readonly detail: string;

  constructor(kind: FailureKind, message: string, detail = "") {
    super(message);
    this.kind = kind;
    this.detail = detail;
  }

  /** Equal for failures that are probably the same fault. */
  get signature(): string {
    return `${this.kind}: ${this.message}`;
  }
}
