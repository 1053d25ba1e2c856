/** What stands for something else in a template. */
export interface TemplateValues {
  /** `{T}`, and `{S}` for the request that must not be seen, `{U}` for a third. */
  readonly tokens: { readonly T: string; readonly S: string; readonly U: string };
  /** `{host}` */
  readonly host: string;
  /** `{base}` */
  readonly base: string;
}

/**
 * Bytes from a template: a character per byte, `⏎` for CR LF, and `{T}`, `{S}`, `{U}`, `{host}`, `{base}`.
 */
export function fill(template: string, { tokens, host, base }: TemplateValues): Buffer {
  const text = template
    .replaceAll("⏎", "\r\n")
    .replaceAll("{T}", tokens.T)
    .replaceAll("{S}", tokens.S)
    .replaceAll("{U}", tokens.U)
    .replaceAll("{host}", host)
    .replaceAll("{base}", base);
  return Buffer.from(text, "latin1");
}

/** Parts of a request that a case changes. */
export interface RequestParts {
  /** @defaultValue `"GET"` */
  readonly method?: string;
  /** Behind the token in the path. @defaultValue nothing */
  readonly path?: string;
  /** @defaultValue `"HTTP/1.1"` */
  readonly version?: string;
  /** Lines of the head, each with its `⏎`. `Host` stands before them. @defaultValue none */
  readonly fields?: string;
  /** Behind the head, as it is sent. @defaultValue nothing */
  readonly body?: string;
  /** Which token stands in the path. @defaultValue `"T"` */
  readonly token?: "T" | "S" | "U";
}

/** A request as a template. */
export function request({
  method = "GET",
  path = "",
  version = "HTTP/1.1",
  fields = "",
  body = "",
  token = "T",
}: RequestParts = {}): string {
  return `${method} {base}/{${token}}${path} ${version}⏎Host: {host}⏎${fields}⏎${body}`;
}
