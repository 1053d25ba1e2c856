/** A request for a static file: `www` of the tree is served under `/s`. */
export interface StaticCase {
  readonly what: string;
  readonly target: string;
  /** @defaultValue GET */
  readonly method?: string;
  /** Fields beside Host. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent behind the head. */
  readonly body?: string;
  /** `"app"`: it is none of ours. */
  readonly status: number | "app";
  /** The whole body of a 200 or 206. */
  readonly text?: string;
  /** It is no valid request to begin with, and its connection ends. @defaultValue true for 400 */
  readonly isInvalid?: boolean;
  /** Fields of the answer; `undefined`: it must not have this one. */
  readonly has?: Readonly<Record<string, string | undefined>>;
}
