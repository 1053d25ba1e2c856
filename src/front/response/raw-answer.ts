import { STATUS_CODES } from "node:http";
import type { AnsweredRequest } from "../explain/error-answer.ts";
import type { ErrorAnswers } from "../explain/error-answers.ts";
import { nextRequestId } from "../request/request-id.ts";

/** An answer to bytes that never became a request. */
export interface RawAnswer {
  readonly id: string;
  readonly status: number;
  readonly reason: string;
  /** The whole response. The connection ends behind it. */
  readonly text: string;
  /** How much of it is the page. */
  readonly bodyBytes: number;
}

/** Options of {@link rawAnswer}. */
export interface RawAnswerOptions extends Omit<AnsweredRequest, "id"> {
  readonly answers: ErrorAnswers;
  /** @defaultValue none */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Answer a request for the head alone. @defaultValue false */
  readonly isBodyless?: boolean;
}

/** Write an answer without the HTTP server, which has given up on the connection. */
export function rawAnswer(
  status: number,
  reason: string,
  { answers, method, uri, accept, headers = [], isBodyless = false }: RawAnswerOptions,
): RawAnswer {
  const id = nextRequestId();
  const failure = { code: "UWB_ERR_REQUEST_INVALID", status, reason, phase: "request" } as const;
  const { page, headers: fields } = answers.answerTo(failure, { id, method, uri, accept }, headers);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    // Without a length: should it have been no HEAD after all, the close says that the body is empty.
    ...(isBodyless ? [] : [`Content-Type: ${page.contentType}`, `Content-Length: ${page.text.length}`]),
    "Connection: close",
  ];
  const body = isBodyless ? "" : page.text;
  return { id, status, reason, text: `${head.join("\r\n")}\r\n\r\n${body}`, bodyBytes: body.length };
}

/** An error of Node's parser, and the bytes it was reading. */
export interface ParserError extends Error {
  readonly code?: string;
  readonly reason?: string;
  readonly rawPacket?: Buffer;
  /** How many of the bytes it took. */
  readonly bytesParsed?: number;
}

/**
 * What to say to a client after an error of Node's parser.
 *
 * @returns `undefined`: it is the connection that failed, and nobody is there to be told.
 */
export function parserAnswer(error: ParserError, answers: ErrorAnswers): RawAnswer | undefined {
  const { code = "", reason } = error;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return rawAnswer(408, "the request head did not arrive in time", { answers });
  if (!code.startsWith("HPE_")) return undefined;
  if (code === "HPE_PAUSED_H2_UPGRADE")
    return rawAnswer(400, "HTTP/2 is not served, HTTP/1.1 is", { answers });
  const options = { answers, isBodyless: isInHeadRequest(error) };
  if (code === "HPE_HEADER_OVERFLOW") return rawAnswer(431, "the request head is too large", options);
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW")
    return rawAnswer(413, "the chunk extensions are too large", { answers });
  const text = reason === undefined || reason === "" ? "this is no HTTP request" : reason;
  return rawAnswer(400, text, options);
}

/** Whether the parser stopped in a HEAD request, as far as the bytes it was given last can tell. */
function isInHeadRequest({ rawPacket, bytesParsed = 0 }: ParserError): boolean {
  const read = rawPacket?.toString("latin1", 0, bytesParsed) ?? "";
  const headEnd = read.lastIndexOf("\r\n\r\n");
  return read.startsWith("HEAD ", headEnd === -1 ? 0 : headEnd + 4);
}
