/** A request as the worker gets it. What is not said is that of `GET /x`. */
export interface ServedRequest {
  /** @defaultValue `"GET"` */
  readonly method?: string;
  /** REQUEST_URI. @defaultValue `"/x"` */
  readonly uri?: string;
  /** @defaultValue none */
  readonly body?: string;
  /** Further vars; `undefined`: there is none of this name. */
  readonly vars?: Readonly<Record<string, string | undefined>>;
}

/** Bytes that a client sends, and everything that comes of them. */
export interface HttpCase {
  /** Unique among all cases: the page of cases lists it. */
  readonly what: string;
  /** A character per byte. */
  readonly send: string;
  /** Status of every answer, in order, interim ones too. */
  readonly answers: readonly number[];
  /** The connection takes further requests, or ends. */
  readonly connection: "kept" | "closed";
  /** What the worker gets, in order. */
  readonly served: readonly ServedRequest[];
  /** The client closes its sending side behind its last byte. @defaultValue false */
  readonly leaves?: boolean;
}

/** Cases of one kind, under a heading. */
export type HttpCases = Readonly<Record<string, readonly HttpCase[]>>;

/** The Host field of all requests that have nothing else to say about it. */
export const HOST = "Host: a.test\r\n";
/** A second request, which may be read as part of the first, or the other way round. */
export const HIDDEN: string = `GET /hidden HTTP/1.1\r\n${HOST}\r\n`;

/** A request that is answered with an error, and ends its connection. */
export function refused(what: string, status: number, send: string): HttpCase {
  return { what, send, answers: [status], connection: "closed", served: [] };
}

/** A request that reaches the worker, and leaves its connection open. */
export function served(what: string, send: string, request: ServedRequest = {}): HttpCase {
  return { what, send, answers: [200], connection: "kept", served: [request] };
}

/** `GET /x` with these lines behind Host, each with its line end. */
export function get(lines = ""): string {
  return `GET /x HTTP/1.1\r\n${HOST}${lines}\r\n`;
}

/** `POST /x` with these lines behind Host, and this behind the head. */
export function post(lines: string, body: string): string {
  return `POST /x HTTP/1.1\r\n${HOST}${lines}\r\n${body}`;
}

/** `GET` of this target. */
export function getTarget(target: string): string {
  return `GET ${target} HTTP/1.1\r\n${HOST}\r\n`;
}
