import type { HeaderPair } from "../../codec/response-head.ts";

/** A body, and what it is. */
export interface Page {
  /** A character per byte. */
  readonly text: string;
  readonly contentType: string;
}

/** The request that an answer is for. */
export interface AnsweredRequest {
  readonly id: string;
  readonly method?: string | undefined;
  readonly uri?: string | undefined;
  /** Its field Accept. */
  readonly accept?: string | undefined;
}

/** An answer of the front itself. */
export interface ErrorAnswer {
  readonly status: number;
  readonly page: Page;
  readonly headers: readonly HeaderPair[];
}
