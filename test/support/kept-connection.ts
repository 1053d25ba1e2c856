import type { Socket } from "node:net";
import { encodePacket } from "../../src/codec/packet-encoder.ts";
import { PERSISTENCE } from "../../src/codec/persistence.ts";
import { ResponseDecoder, type ResponseEvent } from "../../src/codec/response-decoder.ts";
import type { ResponseHead } from "../../src/codec/response-head.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { connectTo, requestVars } from "./raw-peer.ts";

export interface KeptAnswer {
  readonly head: ResponseHead;
  readonly body: string;
  readonly framing: string;
}

/** A packet that offers to keep the connection, and a body. */
export function offeringBytes(changes: Readonly<Record<string, string | undefined>> = {}, body = ""): Buffer {
  const vars = [PERSISTENCE.offer, ...requestVars(changes)];
  const packet = encodePacket({ modifier1: 0, modifier2: PERSISTENCE.modifier2, vars });
  return Buffer.concat([packet, Buffer.from(body, "latin1")]);
}

/** The front's side of a connection that is kept, by hand. */
export class KeptConnection {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isEnded = false;
  #wake: () => void = () => undefined;

  constructor(endpoint: Endpoint) {
    this.socket = connectTo(endpoint);
    this.socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    const ended = (): void => {
      this.#isEnded = true;
      this.#wake();
    };
    this.socket.on("end", ended).on("error", ended);
  }

  /** Send a request and read one response, and not a byte more. */
  async exchange(bytes: Uint8Array, method = "GET"): Promise<KeptAnswer> {
    this.socket.write(bytes);
    const decoder = new ResponseDecoder({ method });
    let head: Extract<ResponseEvent, { type: "head" }> | undefined;
    const blocks: Uint8Array[] = [];
    for (;;) {
      const event = decoder.next();
      if (event.type === "head") head = event;
      if (event.type === "data") blocks.push(event.block);
      if (event.type === "end" && head) {
        return {
          head: head.head,
          framing: head.framing.type,
          body: Buffer.concat(blocks).toString("latin1"),
        };
      }
      if (event.type === "need-data") await this.#feed(decoder);
    }
  }

  /** One byte at a time: what follows the response stays here. */
  async #feed(decoder: ResponseDecoder): Promise<void> {
    if (await this.#hasByte()) {
      decoder.receive(this.#received.subarray(0, 1));
      this.#received = this.#received.subarray(1);
    } else {
      decoder.end();
    }
  }

  /** Everything that arrives until the worker closes. */
  async rest(): Promise<string> {
    while (!this.#isEnded) await this.#change();
    return this.#received.toString("latin1");
  }

  async #hasByte(): Promise<boolean> {
    while (this.#received.length === 0 && !this.#isEnded) await this.#change();
    return this.#received.length > 0;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
