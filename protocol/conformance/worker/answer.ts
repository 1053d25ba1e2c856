import { ChunkedDecoder } from "../../../src/codec/chunked-decoder.ts";

/**
 * How a conversation ended: the worker closed in order (`fin`) or reset the connection, or the connection was still `open` when
 * the suite stopped listening, or `ours`: the suite itself closed it.
 */
export type Ending = "fin" | "reset" | "open" | "ours";

const STATUS_LINE = /^(\S+) (\d{3})(?: (.*))?$/;
const STATUS_FIELD = /^(\d{3})/;

/** What a worker answered, read as leniently as possible: which liberties are faults is for the cases to say. */
export class Answer {
  readonly bytes: Buffer;
  readonly ending: Ending;
  /** When the first byte came, and the last: in milliseconds after the last byte of the request was written. */
  readonly heardMs: readonly [first: number, last: number] | undefined;
  /** The line in front of the fields, without its line end; empty when nothing came. */
  readonly statusLine: string;
  readonly status: number | undefined;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** A head with its empty line was there. */
  readonly hasHead: boolean;
  /** Everything behind the head, as it came. */
  readonly rawBody: Buffer;

  constructor(bytes: Buffer, ending: Ending, heardMs?: readonly [first: number, last: number]) {
    this.bytes = bytes;
    this.ending = ending;
    this.heardMs = heardMs;
    const text = bytes.toString("latin1");
    const [separator] = /\r?\n\r?\n/.exec(text) ?? [];
    const end = separator === undefined ? text.length : text.indexOf(separator);
    this.hasHead = separator !== undefined;
    const [statusLine = "", ...lines] = text.slice(0, end).split(/\r?\n/);
    this.statusLine = statusLine;
    this.fields = lines.map(fieldOf);
    this.rawBody = separator === undefined ? Buffer.alloc(0) : bytes.subarray(end + separator.length);
    const code = STATUS_LINE.exec(statusLine)?.[2] ?? STATUS_FIELD.exec(this.field("Status") ?? "")?.[1];
    this.status = code === undefined ? undefined : Number(code);
  }

  get isEmpty(): boolean {
    return this.bytes.length === 0;
  }

  /** The value of the first field of that name, whatever its case. */
  field(name: string): string | undefined {
    return this.allFields(name)[0];
  }

  allFields(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    return this.fields.filter(([found]) => found.toLowerCase() === wanted).map(([, value]) => value);
  }

  get isChunked(): boolean {
    return /\bchunked\b/i.test(this.field("Transfer-Encoding") ?? "");
  }

  /** The body with a chunked coding taken off, so that a worker that chunks breaks that rule and not every other. */
  get body(): Buffer {
    if (!this.isChunked) return this.rawBody;
    try {
      return Buffer.concat(new ChunkedDecoder().decode(this.rawBody).data as Buffer[]);
    } catch {
      return this.rawBody;
    }
  }

  get text(): string {
    return this.body.toString("latin1");
  }

  /** Whether a reader knows, without waiting for the close, that nothing follows. */
  isWhole(method: string): boolean {
    if (!this.hasHead) return false;
    if (method === "HEAD" || this.status === 204 || this.status === 304) return true;
    if (this.isChunked) return /(?:^|\n)0+\r?\n(?:.*\r?\n)*?\r?\n$/.test(this.rawBody.toString("latin1"));
    const length = this.field("Content-Length");
    return length !== undefined && /^\d{1,15}$/.test(length) && this.rawBody.length >= Number(length);
  }
}

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).trim()];
}
