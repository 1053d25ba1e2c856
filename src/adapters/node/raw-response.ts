import { HOP_BY_HOP } from "../../gateway/hop-by-hop.ts";
import type { HeaderPair, StatusLine } from "../../gateway/types.ts";

/** The head of a response as Node's `ServerResponse` writes it. */
export interface RawHead {
  readonly status: StatusLine;
  readonly headers: HeaderPair[];
}

/** The fields of a head that concern the client. */
export function endToEndFields({ headers }: RawHead): HeaderPair[] {
  return headers.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));
}

const HEAD_END = "\r\n\r\n";

/** Tells the head from the body in what a `ServerResponse` writes. */
export class RawResponse {
  #pending: Buffer[] = [];
  #head: RawHead | undefined;

  /** The head, once all of it was written. */
  get head(): RawHead | undefined {
    return this.#head;
  }

  /** @returns What of these bytes, and of those kept before, belongs to the body. */
  receive(bytes: Buffer): Buffer | undefined {
    if (this.#head) return bytes;
    this.#pending.push(bytes);
    const all = Buffer.concat(this.#pending);
    const end = all.indexOf(HEAD_END);
    if (end < 0) return undefined;
    this.#pending = [];
    this.#head = parseHead(all.toString("latin1", 0, end));
    return end + HEAD_END.length < all.length ? all.subarray(end + HEAD_END.length) : undefined;
  }
}

function parseHead(text: string): RawHead {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const headers = lines.map((line): HeaderPair => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { status: statusLine.slice(statusLine.indexOf(" ") + 1) as StatusLine, headers };
}
