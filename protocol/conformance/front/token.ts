import { randomBytes } from "node:crypto";

/** Length of every token, so that the length of an answer that holds one is known beforehand. */
export const TOKEN_LENGTH = 15;

const TOKEN = /cft[0-9a-f]{12}/g;

/**
 * Names for requests. A token stands in the path of a request and in the answer to it, which joins the two, and shows an answer
 * that was given to somebody else. Letters and digits only: no front has a reason to change one.
 */
export class TokenSource {
  readonly #run: string = randomBytes(3).toString("hex");
  #next = 0;

  next(): string {
    this.#next += 1;
    return `cft${this.#run}${this.#next.toString(16).padStart(6, "0")}`;
  }
}

/** All tokens in some text, each once. */
export function tokensIn(text: string): string[] {
  return [...new Set(text.match(TOKEN) ?? [])];
}
