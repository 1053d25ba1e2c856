import { tokensIn } from "../front/token.ts";

/**
 * Stand in seeds where the tokens of the run go: that of the request itself, of one inside or behind it, and of one that is sent next on
 * the same connection. They are put in after the mutation, so that no mutation makes the token of another run; and no flipped bit makes
 * one of them another.
 */
export const PLACES: { readonly T: string; readonly S: string; readonly U: string } = {
  T: "cft111111111111",
  S: "cft2468ace02468",
  U: "cft3b5f7d9a1c3e",
};

/** The tokens of one attempt. */
export interface RunTokens {
  readonly T: string;
  readonly S: string;
  readonly U: string;
}

const NUMBERS = 2 ** 24;

/** Gives each attempt tokens that no other has, and knows them again. */
export class TokenRoll {
  readonly #prefix: string;
  #next = 0;

  constructor(seed: number) {
    // Never the prefix of the places.
    const mixed = (Math.imul(seed, 0x9e3779b1) >>> 8) | 1;
    this.#prefix = `cft${mixed.toString(16).padStart(6, "0")}`;
  }

  draw(): RunTokens {
    return { T: this.#token(), S: this.#token(), U: this.#token() };
  }

  /** The tokens of this roll in a text, in order of their first appearance. */
  tokensIn(text: string): readonly string[] {
    return tokensIn(text).filter((token) => token.startsWith(this.#prefix));
  }

  #token(): string {
    this.#next = (this.#next + 1) % NUMBERS;
    return `${this.#prefix}${this.#next.toString(16).padStart(6, "0")}`;
  }
}

/** The bytes with tokens in their places. */
export function withTokens(bytes: Buffer, tokens: RunTokens): Buffer {
  let text = bytes.toString("latin1");
  for (const name of ["T", "S", "U"] as const) text = text.replaceAll(PLACES[name], tokens[name]);
  return Buffer.from(text, "latin1");
}
