/** A request as the strictest of servers reads it. */
export interface HttpRequest {
  readonly method: string;
  readonly target: string;
}

const REQUEST_LINE = /^([A-Z]+) ([\x21-\x7e]+) HTTP\/1\.([01])$/;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;
const LENGTH = /^\d{1,9}$/;
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,7})$/;
const HEAD_END = "\r\n\r\n";

/**
 * Read all that a client sent as whole requests, one behind the other, that no two servers can read differently.
 *
 * @returns Absent when there is anything else in the bytes.
 */
export function readRequests(text: string): readonly HttpRequest[] | undefined {
  const requests: HttpRequest[] = [];
  for (let from = 0; from < text.length; ) {
    const headEnd = text.indexOf(HEAD_END, from);
    if (headEnd === -1) return undefined;
    const head = readHead(text.slice(from, headEnd));
    if (!head) return undefined;
    const bodyStart = headEnd + HEAD_END.length;
    const bodyEnd = head.isChunked ? chunksEnd(text, bodyStart) : bodyStart + head.length;
    if (bodyEnd === undefined || bodyEnd > text.length) return undefined;
    requests.push(head);
    from = bodyEnd;
  }
  return requests.length > 0 ? requests : undefined;
}

interface RequestHead extends HttpRequest {
  readonly length: number;
  readonly isChunked: boolean;
}

function readHead(text: string): RequestHead | undefined {
  const [line = "", ...lines] = text.split("\r\n");
  const [, method, target, minor] = REQUEST_LINE.exec(line) ?? [];
  const fields = lines.map((field) => FIELD.exec(field));
  if (method === undefined || target === undefined || fields.includes(null)) return undefined;
  const values = (name: string): string[] =>
    fields.flatMap((field) => (field?.[1]?.toLowerCase() === name ? [field[2] ?? ""] : []));
  const lengths = values("content-length");
  const codings = values("transfer-encoding");
  const [length = "0"] = lengths;
  const isSure =
    lengths.length + codings.length < 2 &&
    LENGTH.test(length) &&
    codings.every((coding) => coding === "chunked" && minor === "1") &&
    ["connection", "upgrade"].every((name) => values(name).length === 0);
  return isSure ? { method, target, length: Number(length), isChunked: codings.length > 0 } : undefined;
}

/** Where a chunked body ends that has no trailers. */
function chunksEnd(text: string, start: number): number | undefined {
  for (let from = start; ; ) {
    const lineEnd = text.indexOf("\r\n", from);
    const [, digits] = CHUNK_SIZE.exec(lineEnd === -1 ? "" : text.slice(from, lineEnd)) ?? [];
    if (digits === undefined) return undefined;
    const dataEnd = lineEnd + 2 + Number.parseInt(digits, 16);
    if (text.slice(dataEnd, dataEnd + 2) !== "\r\n") return undefined;
    if (digits.replaceAll("0", "") === "") return dataEnd + 2;
    from = dataEnd + 2;
  }
}
