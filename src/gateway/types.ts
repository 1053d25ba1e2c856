import type { HeaderPair } from "../codec/response-head.ts";

export type { HeaderPair };

/**
 * A string that carries raw bytes: every code unit is U+0000 to U+00FF and stands for one byte (ISO-8859-1).
 * All CGI values, the status and all header names and values are of this kind; TypeScript can not check it.
 */
export type ByteString = string;

/** `"200 OK"`: three digits, one space, a reason phrase, which may be empty. */
export type StatusLine = `${number} ${string}`;

/**
 * The request body. One reader at a time: calls are queued in order, and each settles when its bytes are known.
 * This is PEP 3333's `wsgi.input` with promises.
 */
export interface InputStream extends AsyncIterable<Buffer> {
  /**
   * Read up to `size` bytes; fewer only at the end of the body. Without `size`, or with a negative one, read
   * everything that is left. An empty buffer means the end of the body, except for `read(0)`.
   *
   * @throws `UWB_ERR_CLIENT_GONE` when the peer left, `UWB_ERR_BODY_TIMEOUT` when it went silent, before
   *   CONTENT_LENGTH bytes had arrived. A short body is never presented as a whole one.
   */
  read(size?: number): Promise<Buffer>;
  /** One line with its `\n`; the last one may lack it. With `size`, at most that many bytes. Empty: the end. */
  readline(size?: number): Promise<Buffer>;
  /** All remaining lines; with `hint`, stop after the line that brings the total to at least `hint` bytes. */
  readlines(hint?: number): Promise<Buffer[]>;
  /** Iterate over lines, like `for line in wsgi.input` in Python. */
  [Symbol.asyncIterator](): AsyncIterator<Buffer>;
  /** Iterate over blocks as they come off the socket, without cutting them again. The cheapest way to stream. */
  chunks(): AsyncIterableIterator<Buffer>;
  /** Bytes not yet handed to the application. Infinity while the length of a chunked body is not known. */
  readonly remaining: number;
}

/** The server's error log: text, any Unicode. A line is logged when its `\n` arrives, or at `flush`. */
export interface ErrorStream {
  write(text: string): void;
  writelines(lines: Iterable<string>): void;
  /** Resolves when everything written so far was handed to the log. */
  flush(): Promise<void>;
}

/** Send one block of body at once. Returns a promise when the connection is full: await it before writing more. */
export type Write = (data: Uint8Array) => Promise<void> | undefined;

/**
 * Announce the response. Nothing is sent yet: the head leaves with the first non-empty block, or at the end.
 *
 * @param status - `"200 OK"`, or a number, whose reason phrase is then filled in. 200 to 999.
 * @param headers - Pairs, in order. Copied, never changed. Hop-by-hop fields and `Status` are refused.
 * @param error - The error that was caught, when the application changes its mind. The head is then replaced, or,
 *   if it is already on the wire, `error` itself is thrown.
 * @throws `UsageError` with `UWB_ERR_STATUS`, `UWB_ERR_HEADERS`, `UWB_ERR_HEADER_NAME`, `UWB_ERR_HEADER_VALUE`,
 *   `UWB_ERR_HOP_BY_HOP`, `UWB_ERR_CONTENT_LENGTH`, or `UWB_ERR_HEADERS_SET` for a second call without `error`.
 * @see PEP 3333, "The start_response() Callable"
 */
export type StartResponse = (
  status: StatusLine | number,
  headers: readonly HeaderPair[],
  error?: unknown,
) => Write;

/**
 * The response body: iterated once, a block at a time, never ahead of the connection. `close()`, or failing that
 * `Symbol.asyncDispose` or `Symbol.dispose`, is called exactly once in every outcome. An array lets the server
 * set Content-Length.
 */
export type ResponseBody = (Iterable<Uint8Array> | AsyncIterable<Uint8Array>) & {
  close?(): void | Promise<void>;
};

/** A gateway application, called once per request with exactly two arguments. May be async, may be a generator. */
export type Application = (
  environ: Environ,
  startResponse: StartResponse,
) => ResponseBody | Promise<ResponseBody>;

/** Anything `wsgi.file_wrapper` accepts. */
export interface FileLike {
  read(size: number): Uint8Array | Promise<Uint8Array>;
  close?(): void | Promise<void>;
  /**
   * The descriptor of a regular file. The worker then reads it by itself, in large blocks and up to Content-Length, and does not call `read`.
   * It stays the application's: `close` closes it.
   */
  readonly fd?: number | undefined;
  /** Where the worker begins to read, in bytes. @defaultValue where the descriptor stands */
  readonly position?: number | undefined;
}

/** Send a `103 Early Hints` with these headers, at once. Does nothing when the response has begun. */
export type EarlyHints = (headers: readonly HeaderPair[]) => void;

/**
 * A connection that an application took over: a `net.Socket` on which nobody listens yet. Half-open: who reads its end has to end it.
 * Whatever wants a `stream.Duplex`, such as `ws`, can be given it.
 */
export interface UpgradedStream extends NodeJS.ReadWriteStream {
  readonly destroyed: boolean;
  destroy(error?: Error): unknown;
}

/**
 * Answer 101 and take the connection over, before anything was sent. What the application returns then is not sent; its `close()` is called as usual.
 *
 * @param startResponse - The server's own, to show that no middleware waits for a response.
 * @param headers - `Connection` may be left out, and so may `Upgrade` when it is the protocol that was asked for first.
 * @throws `UsageError` with `UWB_ERR_UPGRADE`, `UWB_ERR_STATUS`, `UWB_ERR_HEADERS_SET`, or as {@link StartResponse} does.
 */
export type Upgrade = (
  startResponse: StartResponse,
  status: 101 | StatusLine,
  headers: readonly HeaderPair[],
) => UpgradedStream;

/** How a response ended. */
export type Outcome = "complete" | "client-gone" | "app-error" | "short-body";

/** What a callable of `uwsgi_bridge.response_finished` is told. */
export interface FinishedResponse {
  readonly environ: Environ;
  /** `"200 OK"`; null when no head was sent. */
  readonly status: string | null;
  readonly headers: readonly HeaderPair[] | null;
  /** Bytes of body handed to the connection. */
  readonly bytesSent: number;
  readonly outcome: Outcome;
  /** What aborted the response, if anything did. */
  readonly error: unknown;
}

/** Runs after the response ended, the last registered first. */
export type ResponseFinished = (response: FinishedResponse) => void | Promise<void>;

/** What the requests of a worker share, such as a pool of database connections. */
export type SharedState = Record<string, unknown>;

/**
 * One request as the application sees it: a plain object of its own, which it may change freely. Missing CGI
 * values are left out, never null.
 */
export interface Environ {
  REQUEST_METHOD: ByteString;
  /** `""` or `"/something"`: never `"/"`, never with a trailing slash. */
  SCRIPT_NAME: ByteString;
  /** Percent-decoded by the front. `""` or starts with `/`; `*` for `OPTIONS *`. */
  PATH_INFO: ByteString;
  QUERY_STRING: ByteString;
  SERVER_NAME: ByteString;
  SERVER_PORT: ByteString;
  SERVER_PROTOCOL: ByteString;
  CONTENT_TYPE?: ByteString;
  /** Digits when present and not empty. */
  CONTENT_LENGTH?: ByteString;
  /** The request target as the client sent it, when the front passes it. */
  REQUEST_URI?: ByteString;
  REMOTE_ADDR?: ByteString;
  REMOTE_PORT?: ByteString;
  REMOTE_USER?: ByteString;
  REQUEST_SCHEME?: ByteString;
  HTTPS?: ByteString;
  DOCUMENT_ROOT?: ByteString;
  [header: `HTTP_${string}`]: ByteString | undefined;

  "wsgi.version": readonly [1, 0];
  "wsgi.url_scheme": "http" | "https";
  "wsgi.input": InputStream;
  "wsgi.errors": ErrorStream;
  "wsgi.multithread": boolean;
  "wsgi.multiprocess": boolean;
  "wsgi.run_once": boolean;
  /** Reading to the end is safe: the input ends where the body ends. */
  "wsgi.input_terminated": true;
  "wsgi.file_wrapper": (file: FileLike, blockSize?: number) => ResponseBody;

  /** Version of this server. */
  "uwsgi_bridge.version": string;
  /**
   * Aborted when the client leaves, or the worker is told to stop now, before the response is complete. After a switch of
   * protocols: when the connection is closed.
   */
  "uwsgi_bridge.signal": AbortSignal;
  /** Callables to run after the response ended. */
  "uwsgi_bridge.response_finished": ResponseFinished[];
  /** The two modifier bytes of the packet. */
  "uwsgi_bridge.modifiers": readonly [modifier1: number, modifier2: number];
  /** Number of this worker process, counted from 1. */
  "uwsgi_bridge.worker": number;
  /** True when several requests may be in flight in this process. */
  "uwsgi_bridge.concurrent": boolean;
  /** What `startup()` of the application module stored: one object, shared by all requests of this worker. */
  "uwsgi_bridge.state": SharedState;
  /** Present when a `103 Early Hints` reaches the client, or our front at least. */
  "uwsgi_bridge.early_hints"?: EarlyHints;
  /** Present when the request asks to switch protocols, and the front lets it. */
  "uwsgi_bridge.upgrade"?: Upgrade;
  /** The protocols it asks for, in lower case; present with `uwsgi_bridge.upgrade`. */
  "uwsgi_bridge.protocols"?: readonly string[];

  [key: string]: unknown;
}
