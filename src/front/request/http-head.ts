/** An HTTP request head as node:http delivers it. */
export interface HttpHead {
  readonly method: string;
  readonly target: string;
  /** `"1.1"` */
  readonly httpVersion: string;
  /** Name, value, name, value, in the order they came. */
  readonly rawHeaders: readonly string[];
}
