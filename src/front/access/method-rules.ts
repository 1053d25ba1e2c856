/** The methods that are served. */
export class MethodRules {
  /** The methods, as the Allow field lists them. */
  readonly field: string;
  readonly #methods: ReadonlySet<string>;

  /** @param methods - Upper case. `GET` stands for HEAD too. */
  constructor(methods: readonly string[]) {
    const withHead = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
    this.#methods = new Set(withHead);
    this.field = [...this.#methods].join(", ");
  }

  allows(method: string): boolean {
    return this.#methods.has(method);
  }
}
