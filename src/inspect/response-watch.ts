import { HEADER_BYTES } from "../codec/constants.ts";
import { ResponseDecoder } from "../codec/response-decoder.ts";
import type { ResponseHead } from "../codec/response-head.ts";
import { ProtocolError } from "../errors.ts";
import { isRequest } from "./modifier-names.ts";

/** What {@link ResponseWatch} sees. */
export type ResponseSight =
  /**
   * `line`: the status line as it was sent, without its line end; of a later head, and without one, status
   * and reason.
   */
  | { readonly type: "head"; readonly head: ResponseHead; readonly line: string }
  /** The answer is a packet. */
  | {
      readonly type: "packet";
      readonly modifier1: number;
      readonly modifier2: number;
      readonly datasize: number;
    }
  | { readonly type: "end"; readonly bodyBytes: number }
  /** Not a valid response, or one that was cut. `start`: its first line, when that is what is wrong. */
  | { readonly type: "broken"; readonly error: ProtocolError; readonly start: string | undefined };

/** Bytes of an answer that are kept, for its status line and for messages. */
const KEPT_BYTES = 256;

/** Watches one answer go by. Sans-IO; the body is counted, never kept. */
export class ResponseWatch {
  readonly #decoder: ResponseDecoder;
  readonly #isHttp: boolean;
  #start = "";
  #heads = 0;
  #bodyBytes = 0;
  #isOver = false;

  /** @param request - What is answered. A HEAD request gets no body, and what is no request gets a packet. */
  constructor(request: { readonly method: string; readonly modifier1: number }) {
    this.#decoder = new ResponseDecoder({ method: request.method });
    this.#isHttp = isRequest(request.modifier1);
  }

  /** Whether there is nothing more to see. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Bytes of body so far, without their framing. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  receive(chunk: Buffer): ResponseSight[] {
    if (this.#isOver) return [];
    const missing = KEPT_BYTES - this.#start.length;
    if (missing > 0) this.#start += chunk.toString("latin1", 0, missing);
    if (!this.#isHttp) return this.#packet();
    this.#decoder.receive(chunk);
    return this.#drain();
  }

  /** The server closed the connection in order. */
  end(): ResponseSight[] {
    if (this.#isOver || this.#start === "") return [];
    this.#decoder.end();
    return this.#isHttp ? this.#drain() : [];
  }

  #packet(): ResponseSight[] {
    const header = Buffer.from(this.#start, "latin1");
    if (header.length < HEADER_BYTES) return [];
    this.#isOver = true;
    const [modifier1 = 0, , , modifier2 = 0] = header;
    return [{ type: "packet", modifier1, modifier2, datasize: header.readUInt16LE(1) }];
  }

  #drain(): ResponseSight[] {
    const sights: ResponseSight[] = [];
    try {
      for (let event = this.#decoder.next(); event.type !== "need-data"; event = this.#decoder.next()) {
        switch (event.type) {
          case "interim":
          case "head":
            sights.push({ type: "head", head: event.head, line: this.#statusLine(event.head) });
            break;
          case "data":
            this.#bodyBytes += event.block.length;
            break;
          case "end":
            this.#isOver = true;
            sights.push({ type: "end", bodyBytes: this.#bodyBytes });
            return sights;
        }
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#isOver = true;
      sights.push({ type: "broken", error, start: this.#heads === 0 ? this.#firstLine : undefined });
    }
    return sights;
  }

  get #firstLine(): string {
    return this.#start.replace(/[\r\n].*$/s, "");
  }

  /** Where a later head begins is not known. */
  #statusLine({ status, reason }: ResponseHead): string {
    this.#heads += 1;
    if (this.#heads > 1) return `${status} ${reason}`;
    return this.#start.startsWith("HTTP/") ? this.#firstLine : `${status} ${reason} (without a status line)`;
  }
}
