/** A response as the strictest of HTTP clients reads it. */
export interface HttpAnswer {
  /** `"1.1"` or `"1.0"`. */
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** Names in lower case, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly framing: "none" | "length" | "chunked" | "close";
  readonly body: Buffer;
  /** False while more must come; it stays so when the connection ended too early. */
  readonly isComplete: boolean;
}

/** How a connection stands. */
export type ConnectionEnd = "open" | "fin" | "reset";

/** What the bytes of a connection are, read one answer after the other. */
export interface AnswerReading {
  /** Final answers; the last one may be incomplete. */
  readonly answers: readonly HttpAnswer[];
  /** 1xx heads, wherever they came. */
  readonly interim: readonly HttpAnswer[];
  /** Bytes behind the answers that were asked for. */
  readonly surplus: Buffer;
  /** Why a client would give up here. */
  readonly fault: string | undefined;
}

// Control characters other than CR, LF and NUL are wrong, and robust clients keep them: RFC 9110 section 5.5.
const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-9]\d\d)(?: ([^\0\r\n]*))?$/;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\0\r\n]*?)[ \t]*$/;
const LENGTH = /^\d{1,15}$/;
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,13})(?:;[\t\x20-\x7e\x80-\xff]*)?$/;
const HEAD_END = "\r\n\r\n";
const NONE = Buffer.alloc(0);

/**
 * Read what came on a connection.
 *
 * @param methods - Of the requests that were sent, in order: a `HEAD` is answered without a body.
 */
export function readAnswers(raw: Buffer, methods: readonly string[], end: ConnectionEnd): AnswerReading {
  const answers: HttpAnswer[] = [];
  const interim: HttpAnswer[] = [];
  let rest = raw;
  try {
    while (rest.length > 0 && answers.length < methods.length) {
      const head = readHead(rest, end);
      if (!head) break;
      const isInterim = head.status < 200 && head.status !== 101;
      const read = readBody(head, isInterim || methods[answers.length] === "HEAD", end);
      (isInterim ? interim : answers).push(read.answer);
      rest = read.rest;
      if (!read.answer.isComplete) break;
    }
    const isDone = answers.length === methods.length && answers.at(-1)?.isComplete !== false;
    return { answers, interim, surplus: isDone ? rest : NONE, fault: undefined };
  } catch (error) {
    if (!(error instanceof UnreadableAnswer)) throw error;
    return { answers, interim, surplus: NONE, fault: error.message };
  }
}

/** The values of a field, by its lower-case name. */
export function valuesOf(answer: HttpAnswer, name: string): string[] {
  return answer.fields.filter(([key]) => key === name).map(([, value]) => value);
}

/** Whether an answer says that its connection will not be used again. */
export function announcesClose(answer: HttpAnswer): boolean {
  const tokens = valuesOf(answer, "connection").flatMap((value) =>
    value
      .toLowerCase()
      .split(",")
      .map((token) => token.trim()),
  );
  if (tokens.includes("close") || answer.framing === "close") return true;
  return answer.version === "1.0" && !tokens.includes("keep-alive");
}

class UnreadableAnswer extends Error {}

interface Head extends Omit<HttpAnswer, "framing" | "body" | "isComplete"> {
  readonly rest: Buffer;
}

function readHead(raw: Buffer, end: ConnectionEnd): Head | undefined {
  const headEnd = raw.indexOf(HEAD_END);
  if (headEnd === -1) {
    const isPossible = "HTTP/1.".startsWith(raw.toString("latin1", 0, 7));
    if (!isPossible) throw new UnreadableAnswer(`no answer begins with ${quoted(raw)}`);
    if (end !== "open") throw new UnreadableAnswer(`the connection ended inside the head ${quoted(raw)}`);
    return undefined;
  }
  const [line = "", ...lines] = raw.toString("latin1", 0, headEnd).split("\r\n");
  const [, version, status, reason = ""] = STATUS_LINE.exec(line) ?? [];
  if (version === undefined) throw new UnreadableAnswer(`no status line: ${quoted(raw)}`);
  const fields = lines.map((text) => {
    const [, name, value = ""] = FIELD.exec(text) ?? [];
    if (name === undefined)
      throw new UnreadableAnswer(`no header field: ${JSON.stringify(text.slice(0, 80))}`);
    return [name.toLowerCase(), value] as const;
  });
  return { version, status: Number(status), reason, fields, rest: raw.subarray(headEnd + HEAD_END.length) };
}

interface ReadBody {
  readonly answer: HttpAnswer;
  readonly rest: Buffer;
}

function readBody({ rest, ...head }: Head, isBodyless: boolean, end: ConnectionEnd): ReadBody {
  const { length, isChunked } = framingFields(head.fields, head.version);
  if (isBodyless || head.status === 204 || head.status === 304 || head.status === 101) {
    return { answer: { ...head, framing: "none", body: NONE, isComplete: true }, rest };
  }
  if (isChunked) {
    const { data, next } = readChunks(rest);
    const isComplete = next !== undefined;
    return { answer: { ...head, framing: "chunked", body: data, isComplete }, rest: next ?? NONE };
  }
  if (length === undefined) {
    return { answer: { ...head, framing: "close", body: rest, isComplete: end === "fin" }, rest: NONE };
  }
  const isComplete = rest.length >= length;
  const body = rest.subarray(0, length);
  return { answer: { ...head, framing: "length", body, isComplete }, rest: rest.subarray(length) };
}

function framingFields(
  fields: HttpAnswer["fields"],
  version: string,
): { length: number | undefined; isChunked: boolean } {
  const lengths = fields.filter(([name]) => name === "content-length").map(([, value]) => value);
  const codings = fields.filter(([name]) => name === "transfer-encoding").map(([, value]) => value);
  const [length] = lengths;
  const [coding] = codings;
  if (length !== undefined && coding !== undefined)
    throw new UnreadableAnswer("the answer has both Content-Length and Transfer-Encoding");
  if (lengths.length > 1) throw new UnreadableAnswer("the answer has more than one Content-Length");
  if (length !== undefined && !LENGTH.test(length))
    throw new UnreadableAnswer(`the answer has the Content-Length ${JSON.stringify(length)}`);
  if (coding !== undefined && (codings.length > 1 || coding.toLowerCase() !== "chunked" || version === "1.0"))
    throw new UnreadableAnswer("the answer has a Transfer-Encoding no client can be sure of");
  return { length: length === undefined ? undefined : Number(length), isChunked: coding !== undefined };
}

/** `next` is what follows the body, absent while it is incomplete. */
function readChunks(raw: Buffer): { data: Buffer; next: Buffer | undefined } {
  const blocks: Buffer[] = [];
  for (let start = 0; ; ) {
    const lineEnd = raw.indexOf("\r\n", start);
    if (lineEnd === -1) return { data: Buffer.concat(blocks), next: undefined };
    const [, digits] = CHUNK_SIZE.exec(raw.toString("latin1", start, lineEnd)) ?? [];
    if (digits === undefined) throw new UnreadableAnswer(`no chunk size: ${quoted(raw.subarray(start))}`);
    const size = Number.parseInt(digits, 16);
    const dataStart = lineEnd + 2;
    if (size === 0) return { data: Buffer.concat(blocks), next: behindTrailers(raw, lineEnd) };
    blocks.push(raw.subarray(dataStart, dataStart + size));
    const ending = raw.toString("latin1", dataStart + size, dataStart + size + 2);
    if (!"\r\n".startsWith(ending))
      throw new UnreadableAnswer("the data of a chunk has no line end behind it");
    start = dataStart + size + 2;
    if (ending.length < 2) return { data: Buffer.concat(blocks), next: undefined };
  }
}

function behindTrailers(raw: Buffer, lastLineEnd: number): Buffer | undefined {
  const end = raw.indexOf(HEAD_END, lastLineEnd);
  return end === -1 ? undefined : raw.subarray(end + HEAD_END.length);
}

function quoted(raw: Buffer): string {
  return JSON.stringify(raw.toString("latin1", 0, 60));
}
