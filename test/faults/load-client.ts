import { connect, type Socket } from "node:net";
import { ResponseDecoder } from "../../src/codec/response-decoder.ts";

/** A whole answer, or why there is none. */
export type Outcome =
  | { readonly type: "answer"; readonly status: number; readonly text: string }
  | { readonly type: "broken"; readonly why: string };

/** One HTTP client with one connection, which it keeps while the server does. */
export class LoadClient {
  readonly #port: number;
  #socket: Socket | undefined;
  #decoder = new ResponseDecoder();
  #blocks: Uint8Array[] = [];
  #status = 0;
  #isLast = false;
  #settle: ((outcome: Outcome) => void) | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** Send a request on the connection there is, or on a new one, and wait for its answer. */
  send(bytes: string): Promise<Outcome> {
    this.#decoder = new ResponseDecoder();
    this.#blocks = [];
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#socket ??= this.#open();
      this.#socket.write(bytes, "latin1");
    });
  }

  /** Leave without waiting for an answer. */
  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#settle = undefined;
  }

  #open(): Socket {
    const socket = connect({ host: "127.0.0.1", port: this.#port, noDelay: true });
    socket.on("data", (chunk: Buffer) => this.#receive(socket, chunk));
    socket.on("end", () => this.#gone(socket, "the connection ended"));
    socket.on("error", (error: NodeJS.ErrnoException) => this.#gone(socket, error.code ?? error.message));
    socket.on("close", () => this.#gone(socket, "the connection was closed"));
    return socket;
  }

  #receive(socket: Socket, chunk: Buffer): void {
    if (socket !== this.#socket) return;
    this.#decoder.receive(chunk);
    for (;;) {
      const event = this.#decoder.next();
      if (event.type === "need-data") return;
      if (event.type === "data") this.#blocks.push(event.block);
      if (event.type === "head") {
        this.#status = event.head.status;
        this.#isLast = event.head.headers.some(
          ([name, value]) => /^connection$/i.test(name) && value === "close",
        );
      }
      if (event.type === "end") {
        this.#complete();
        return;
      }
    }
  }

  #complete(): void {
    if (this.#isLast) {
      this.#socket?.end();
      this.#socket = undefined;
    }
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.({ type: "answer", status: this.#status, text: Buffer.concat(this.#blocks).toString("latin1") });
  }

  #gone(socket: Socket, why: string): void {
    if (socket !== this.#socket) return;
    socket.destroy();
    this.#socket = undefined;
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.({ type: "broken", why });
  }
}
