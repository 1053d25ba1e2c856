import type { Socket } from "node:net";
import { ChunkedDecoder } from "../codec/chunked-decoder.ts";
import { ProtocolError } from "../errors.ts";
import type { BodySink } from "../gateway/direct.ts";
import { Input } from "../gateway/input.ts";

/**
 * The body of a request on its way from the socket to the application: counted, and with the chunked coding taken off when the
 * worker was told to accept it.
 */
export class RequestBody {
  readonly input: Input;
  readonly #chunked: ChunkedDecoder | undefined;
  readonly #socket: Socket;
  #sink: BodySink;
  #received = 0;
  #hasSurplus = false;

  constructor(length: number | "chunked", socket: Socket) {
    this.#socket = socket;
    this.#chunked = length === "chunked" ? new ChunkedDecoder({ statusHint: 400 }) : undefined;
    this.input = new Input(length === "chunked" ? Number.POSITIVE_INFINITY : length, this);
    this.#sink = this.input;
  }

  /** Bytes are expected, and nothing on our side holds them back. */
  get isAwaited(): boolean {
    return this.#sink.missing > 0 && !this.#socket.isPaused();
  }

  /** All of it arrived, and nothing else. */
  get isComplete(): boolean {
    return this.#sink.missing === 0 && !this.#hasSurplus;
  }

  /** Bytes from the socket. What follows the body is dropped: no request comes before the response to the one before. */
  receive(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#received += bytes.length;
    this.#hasSurplus ||= bytes.length > this.#sink.missing;
    if (this.#chunked) this.#receiveChunked(bytes, this.#chunked);
    else this.#sink.receive(bytes);
  }

  /** Hand what has arrived to another taker, and everything that follows. */
  redirect(sink: BodySink): void {
    this.#sink = sink;
    this.input.moveTo(sink);
  }

  /** The peer closed or left. */
  breakOff(): void {
    this.#fail("UWB_ERR_CLIENT_GONE", "the peer left before the request body was complete", 400);
  }

  /** The peer was silent for too long. */
  timeOut(limitMs: number): void {
    this.#fail("UWB_ERR_BODY_TIMEOUT", `no byte of the request body arrived for ${limitMs} ms`, 408);
  }

  /** The application is done with it: let the rest flow, to be dropped. */
  discard(): void {
    this.resume();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  #receiveChunked(bytes: Buffer, chunked: ChunkedDecoder): void {
    try {
      const { data } = chunked.decode(bytes);
      for (const block of data) this.#sink.receive(block as Buffer);
      if (chunked.done) this.#sink.finish();
    } catch (error) {
      this.#sink.fail(error as ProtocolError);
    }
  }

  #fail(code: "UWB_ERR_CLIENT_GONE" | "UWB_ERR_BODY_TIMEOUT", message: string, statusHint: number): void {
    if (this.#sink.missing === 0) return;
    this.#sink.fail(new ProtocolError(code, message, { offset: this.#received, statusHint }));
  }
}
