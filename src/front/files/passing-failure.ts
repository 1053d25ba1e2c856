/** What the system says when it is short of something, and may have it again in a moment. */
const PASSING = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EBUSY", "EINTR", "ETIMEDOUT", "ESTALE"]);

/** Whether a file that could not be read with this errno may be readable in a moment. */
export function isPassing(errno: string): boolean {
  return PASSING.has(errno);
}
