import { STATUS_CODES } from "node:http";
import { nextRequestId } from "./request-id.ts";

/** An answer to bytes that never became a request. */
export interface RawAnswer {
  readonly id: string;
  readonly status: number;
  readonly reason: string;
  /** The whole response. The connection ends behind it. */
  readonly text: string;
}

/** Write an answer without the HTTP server, which has given up on the connection. */
export function rawAnswer(
  status: number,
  reason: string,
  headers: readonly (readonly [name: string, value: string])[] = [],
): RawAnswer {
  const id = nextRequestId();
  const page = `UWB_ERR_REQUEST_INVALID: ${reason}\nrequest ${id}\n`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}`,
    `X-Request-Id: ${id}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${page.length}`,
    "Connection: close",
  ];
  return { id, status, reason, text: `${head.join("\r\n")}\r\n\r\n${page}` };
}

/**
 * What to say to a client after an error of Node's parser.
 *
 * @returns `undefined`: it is the connection that failed, and nobody is there to be told.
 */
export function parserAnswer(error: Error & { code?: string; reason?: string }): RawAnswer | undefined {
  const { code = "", reason } = error;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return rawAnswer(408, "the request head did not arrive in time");
  if (!code.startsWith("HPE_")) return undefined;
  if (code === "HPE_HEADER_OVERFLOW") return rawAnswer(431, "the request head is too large");
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return rawAnswer(413, "the chunk extensions are too large");
  return rawAnswer(400, reason === undefined || reason === "" ? "this is no HTTP request" : reason);
}
