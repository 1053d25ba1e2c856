import { connect, type Socket } from "node:net";
import type { Endpoint } from "../../src/net/endpoint.ts";

/** A response as a strict client reads it. */
export interface HttpAnswer {
  readonly status: number;
  readonly reason: string;
  /** Lower-case names, in order. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** False: the connection ended, or was reset, before the body was complete by its own framing. */
  readonly isComplete: boolean;
}

/** Everything that came in on a connection. */
export interface HttpConversation {
  readonly answers: readonly HttpAnswer[];
  /** How the connection stands after the wait: still open, closed in order, or reset. */
  readonly end: "open" | "fin" | "reset";
  readonly raw: string;
}

export interface ConversationOptions {
  /** The method of each request, which decides whether its answer has a body. */
  readonly methods?: readonly string[];
  /** A silence that means that nothing more will come. */
  readonly quietMs?: number;
  /** Stop listening after this many complete answers. */
  readonly enough?: number;
}

/**
 * Send bytes to an HTTP server and read what comes back until it closes, or until it was silent for `quietMs`.
 *
 * @param bytes - Several chunks are sent in as many writes, a turn of the event loop apart.
 */
export async function converseHttp(
  endpoint: Endpoint,
  bytes: string | Uint8Array | readonly Uint8Array[],
  { methods = ["GET"], quietMs = 250, enough }: ConversationOptions = {},
): Promise<HttpConversation> {
  const socket = connectHttp(endpoint);
  const isEnough = (raw: string): boolean =>
    enough !== undefined &&
    parseAnswers(raw, methods, "open").filter(({ isComplete }) => isComplete).length >= enough;
  const heard = hear(socket, quietMs, isEnough);
  socket.setNoDelay();
  for (const chunk of chunksOf(bytes)) {
    socket.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { raw, end } = await heard;
  socket.destroy();
  return { answers: parseAnswers(raw, methods, end), end, raw };
}

function chunksOf(bytes: string | Uint8Array | readonly Uint8Array[]): readonly Uint8Array[] {
  if (typeof bytes === "string") return [Buffer.from(bytes, "latin1")];
  return bytes instanceof Uint8Array ? [bytes] : bytes;
}

export function connectHttp(endpoint: Endpoint): Socket {
  if (endpoint.type === "fd") throw new Error("nobody can connect to a descriptor");
  if (endpoint.type === "unix") return connect({ path: endpoint.path, allowHalfOpen: true });
  return connect({ host: endpoint.host, port: endpoint.port, allowHalfOpen: true });
}

/** The first byte of an answer comes within this time, or none does. */
const FIRST_BYTE_MS = 2000;

function hear(
  socket: Socket,
  quietMs: number,
  isEnough: (raw: string) => boolean,
): Promise<{ raw: string; end: HttpConversation["end"] }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const settle = (end: HttpConversation["end"]): void => {
      clearTimeout(timer);
      resolve({ raw: Buffer.concat(chunks).toString("latin1"), end });
    };
    // A machine that is busy may let the first byte wait; a silence means something only behind it.
    let timer = setTimeout(() => settle("open"), Math.max(quietMs, FIRST_BYTE_MS));
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      clearTimeout(timer);
      timer = setTimeout(() => settle("open"), quietMs);
      if (isEnough(Buffer.concat(chunks).toString("latin1"))) settle("open");
    });
    socket.on("end", () => settle("fin"));
    socket.on("error", () => settle("reset"));
  });
}

/**
 * Read responses one after the other, as a client on a persistent connection would.
 *
 * @throws Error when it is none, or ends inside a head although nothing more will come.
 */
export function parseAnswers(
  raw: string,
  methods: readonly string[],
  end: HttpConversation["end"],
): HttpAnswer[] {
  const answers: HttpAnswer[] = [];
  let rest = raw;
  for (let index = 0; rest !== ""; index += 1) {
    const headEnd = rest.indexOf("\r\n\r\n");
    if (headEnd === -1 && end === "open") return answers;
    const [statusLine = "", ...lines] = (headEnd === -1 ? rest : rest.slice(0, headEnd)).split("\r\n");
    const [, status, reason] = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(statusLine) ?? [];
    if (status === undefined || headEnd === -1)
      throw new Error(`no response head: ${JSON.stringify(rest.slice(0, 200))}`);
    const headers = lines.map(parseField);
    const code = Number(status);
    if (code < 200) index -= 1;
    const hasBody = mayHaveBody(code, methods[index]);
    const read = hasBody
      ? readBody(rest.slice(headEnd + 4), headers, end)
      : emptyBody(rest.slice(headEnd + 4));
    answers.push({
      status: code,
      reason: reason ?? "",
      headers,
      body: read.body,
      isComplete: read.isComplete,
    });
    rest = read.rest;
  }
  return answers;
}

function parseField(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function mayHaveBody(status: number, method = "GET"): boolean {
  return status >= 200 && status !== 204 && status !== 304 && method !== "HEAD";
}

interface ReadBody {
  readonly body: string;
  readonly rest: string;
  readonly isComplete: boolean;
}

function emptyBody(rest: string): ReadBody {
  return { body: "", rest, isComplete: true };
}

function readBody(text: string, headers: readonly (readonly [string, string])[], end: string): ReadBody {
  const fields = new Map(headers);
  if (fields.get("transfer-encoding") === "chunked") return readChunks(text);
  const length = fields.get("content-length");
  if (length === undefined) return { body: text, rest: "", isComplete: end === "fin" };
  const size = Number(length);
  return { body: text.slice(0, size), rest: text.slice(size), isComplete: text.length >= size };
}

function readChunks(text: string): ReadBody {
  let body = "";
  let rest = text;
  for (;;) {
    const [line, digits] = /^([0-9a-fA-F]+)\r\n/.exec(rest) ?? [];
    if (line === undefined) return { body, rest: "", isComplete: false };
    const size = Number.parseInt(digits ?? "", 16);
    if (size === 0)
      return {
        body,
        rest: rest.slice(line.length + 2),
        isComplete: rest.slice(line.length, line.length + 2) === "\r\n",
      };
    body += rest.slice(line.length, line.length + size);
    rest = rest.slice(line.length + size + 2);
  }
}

/** The value of a header, by its lower-case name. */
export function header(answer: HttpAnswer | undefined, name: string): string | undefined {
  return answer?.headers.find(([key]) => key === name)?.[1];
}
