import type { UpstreamSocket } from "../net/upstream-socket.ts";
import type { ExchangeRequest } from "./exchange-handler.ts";
import { PacedWriter, type WriterContext } from "./paced-writer.ts";

/** Bodies up to this size leave in the same write as the packet. */
const ONE_WRITE_BYTES = 65_536;

/** Sends one request: the packet at once, a large or a streamed body at the pace of the server. */
export class RequestSender {
  readonly #request: ExchangeRequest;
  readonly #context: WriterContext;
  #writer: PacedWriter | undefined;
  #written = 0;

  constructor(request: ExchangeRequest, context: WriterContext) {
    this.#request = request;
    this.#context = context;
  }

  /** Bytes handed to the socket so far. */
  get writtenBytes(): number {
    return this.#written + (this.#writer?.writtenBytes ?? 0);
  }

  /**
   * Send the packet, and the body when it is small.
   *
   * @returns Resolves when the rest of the body was sent, or is not wanted; `undefined`: there is no rest.
   * @throws through the promise, what the body's iterator throws.
   */
  send(socket: UpstreamSocket): Promise<void> | undefined {
    const { packet, body } = this.#request;
    this.#written = packet.length;
    if (!(body instanceof Uint8Array) || body.length > ONE_WRITE_BYTES) {
      socket.write(packet, "latin1");
      if (body === undefined) return undefined;
      this.#writer = new PacedWriter(socket, this.#context);
      return this.#writer.send(body instanceof Uint8Array ? [body] : body);
    }
    socket.cork();
    socket.write(packet, "latin1");
    socket.write(body);
    socket.uncork();
    this.#written += body.length;
    return undefined;
  }

  /** Nothing more is to be sent. */
  stop(): void {
    this.#writer?.stop();
  }
}
