/** What the contract app needs of a gateway, in its own words, so that it stands alone: see PEP 3333, with promises. */
export interface Input extends AsyncIterable<Uint8Array> {
  read(size?: number): Promise<Uint8Array>;
  readline(size?: number): Promise<Uint8Array>;
  readlines(): Promise<Uint8Array[]>;
}

export type Environ = Record<string, unknown>;
type Fields = unknown;
export type StartResponse = (status: string, fields: Fields, error?: unknown) => Write;
type Write = (block: Uint8Array) => Promise<void> | undefined;
export type Body = Iterable<unknown> | AsyncIterable<unknown> | string | null;

/** One behaviour. `token` is the second segment of the path. */
export type Route = (environ: Environ, startResponse: StartResponse, token: string) => Body | Promise<Body>;

export const TEXT: readonly [string, string] = ["Content-Type", "text/plain"];
const JSON_TYPE: readonly [string, string] = ["Content-Type", "application/json"];

export function bytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

export function text(block: Uint8Array): string {
  return Buffer.from(block).toString("latin1");
}

export function inputOf(environ: Environ): Input {
  return environ["wsgi.input"] as Input;
}

/** 200 with this text. */
export function plain(startResponse: StartResponse, body: string): Body {
  startResponse("200 OK", [TEXT]);
  return [bytes(body)];
}

/** 200 with this value. */
export function json(startResponse: StartResponse, value: unknown): Body {
  startResponse("200 OK", [JSON_TYPE]);
  return [Buffer.from(JSON.stringify(value))];
}
