import { connect, type Socket } from "node:net";
import { type AnswerReading, type ConnectionEnd, readAnswers } from "./http-answer.ts";

/** Where the front under test serves HTTP. */
export interface FrontAddress {
  readonly host: string;
  readonly port: number;
  /** Path below which it reaches the worker, without a slash at its end: `""` or `/app`. */
  readonly base: string;
}

/** The value of Host for this address. */
export function authorityOf({ host, port }: FrontAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** One connection to a front: raw bytes out, everything that comes back kept. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];
  readonly #methods: string[] = [];
  readonly #waiting = new Set<() => void>();
  #end: ConnectionEnd = "open";
  #reading: AnswerReading | undefined;
  /** The port of our side: what REMOTE_PORT should say. */
  readonly localPort: number;
  readonly localAddress: string;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.localPort = socket.localPort ?? 0;
    this.localAddress = socket.localAddress ?? "";
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#changed();
    });
    socket.on("end", () => this.#ended("fin"));
    socket.on("error", () => this.#ended("reset"));
    socket.on("close", () => this.#ended("reset"));
  }

  /** @throws Error when nobody accepts: the front was not reached. */
  static open({ host, port }: FrontAddress, signal: AbortSignal): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, allowHalfOpen: true, signal });
      const fail = (error: Error): void =>
        reject(new Error(`the front can not be reached: ${error.message}`));
      socket.once("error", fail);
      socket.once("connect", () => {
        socket.off("error", fail);
        resolve(new HttpConnection(socket));
      });
    });
  }

  get end(): ConnectionEnd {
    return this.#end;
  }

  get raw(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get reading(): AnswerReading {
    this.#reading ??= readAnswers(this.raw, this.#methods, this.#end);
    return this.#reading;
  }

  /** Complete final answers so far. */
  get completed(): number {
    return this.reading.answers.filter(({ isComplete }) => isComplete).length;
  }

  /**
   * Send bytes, a write and a turn of the event loop per piece; stops when the front has ended the connection.
   *
   * @param methods - Of the requests that begin in these bytes.
   * @param isEnough - Looked at before each piece: true keeps the rest back.
   */
  async send(
    pieces: readonly Uint8Array[],
    methods: readonly string[],
    isEnough: (() => boolean) | undefined,
  ): Promise<void> {
    this.#methods.push(...methods);
    this.#reading = undefined;
    for (const piece of pieces) {
      if (this.#end === "reset" || this.#socket.destroyed || isEnough?.()) return;
      const isTaken = this.#socket.write(piece);
      if (!isTaken) await this.#drained();
      else if (pieces.length > 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Wait until the condition holds or the connection has ended. False: neither came in time. */
  waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isMet: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(isMet);
      };
      const look = (): void => {
        if (condition() || this.#end !== "open") settle(true);
      };
      const timer = setTimeout(() => settle(false), timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** Close our sending side and go on reading. */
  halfClose(): void {
    this.#socket.end();
  }

  /** Leave without another word. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  close(): void {
    this.#socket.destroy();
  }

  #ended(end: ConnectionEnd): void {
    if (this.#end !== "open") return;
    this.#end = end;
    this.#changed();
  }

  #changed(): void {
    this.#reading = undefined;
    for (const look of [...this.#waiting]) look();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        for (const event of ["drain", "close", "error"]) this.#socket.off(event, settle);
        resolve();
      };
      for (const event of ["drain", "close", "error"]) this.#socket.once(event, settle);
    });
  }
}
