import { randomBytes } from "node:crypto";

const prefix = randomBytes(6).toString("base64url");
let count = 0;

/** A name for one request, unique over processes and restarts: it joins an error page to its line in the log. */
export function nextRequestId(): string {
  count += 1;
  return `${prefix}-${count.toString(36)}`;
}
