import { type Packet, PacketDecoder } from "../../../src/codec/index.ts";
import { tokensIn } from "./token.ts";

/**
 * One connection of the front to the worker: the packet that came, and what came behind it.
 */
export class Arrival {
  readonly #decoder = new PacketDecoder();
  readonly #announce: () => void;
  readonly #waiting = new Set<() => void>();
  #received: Buffer[] = [];
  #packet: Packet | undefined;
  #fault: string | undefined;
  #behind: Buffer[] = [];
  #behindBytes = 0;
  #end: "open" | "fin" | "closed" = "open";
  #isAnswered = false;
  #endedBeforeAnswer = false;

  /** @param announce - Called once: the packet is complete, or will never be one. */
  constructor(announce: () => void) {
    this.#announce = announce;
  }

  /** Absent when the bytes are no packet. */
  get packet(): Packet | undefined {
    return this.#packet;
  }

  /** Why the bytes are no packet. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Every byte that came. */
  get raw(): Buffer {
    return Buffer.concat(this.#received);
  }

  /** The tokens in the vars; in all bytes when the vars have none, as after a length that wrapped. */
  get tokens(): readonly string[] {
    const named = tokensIn((this.#packet?.vars ?? []).map(([, value]) => value).join("\n"));
    return named.length > 0 ? named : tokensIn(this.raw.toString("latin1"));
  }

  /** The values of a var, in wire order. */
  values(name: string): string[] {
    return (this.#packet?.vars ?? []).filter(([key]) => key === name).map(([, value]) => value);
  }

  /** Bytes of body that were announced: 0 without CONTENT_LENGTH; `undefined` when it is no length. */
  get announcedBytes(): number | undefined {
    const [text = ""] = this.values("CONTENT_LENGTH");
    if (text === "") return 0;
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  }

  /** The body so far, not more than was announced. */
  get body(): Buffer {
    return Buffer.concat(this.#behind).subarray(0, this.announcedBytes ?? 0);
  }

  /** Bytes behind the announced body. They belong to nothing. */
  get surplusBytes(): number {
    return this.announcedBytes === undefined ? 0 : this.#behindBytes - this.body.length;
  }

  get isBodyWhole(): boolean {
    return this.#behindBytes >= (this.announcedBytes ?? 0);
  }

  /** The front closed its sending side, or the whole connection. */
  get end(): "open" | "fin" | "closed" {
    return this.#end;
  }

  /** The front closed its sending side while it still waited for the answer. */
  get endedBeforeAnswer(): boolean {
    return this.#endedBeforeAnswer;
  }

  /** The worker begins to answer. */
  answered(): void {
    this.#isAnswered = true;
  }

  receive(chunk: Buffer): void {
    this.#received.push(chunk);
    if (this.#packet) this.#keep(chunk);
    else if (this.#fault === undefined) this.#decode(chunk);
    this.#changed();
  }

  ended(end: "fin" | "closed"): void {
    if (this.#end === "closed" || this.#end === end) return;
    const isFirst = this.#end === "open";
    if (!this.#isAnswered) this.#endedBeforeAnswer = true;
    this.#end = end;
    if (isFirst && !this.#packet && this.#fault === undefined && this.#received.length > 0)
      this.#fail("the connection ended inside the packet");
    this.#changed();
  }

  /** Resolves when the body is whole, or the front is gone. */
  wholeBody(): Promise<void> {
    return this.#until(() => this.isBodyWhole || this.#end !== "open");
  }

  /** Resolves when the front has closed the connection or its sending side. */
  closed(): Promise<void> {
    return this.#until(() => this.#end !== "open");
  }

  #decode(chunk: Buffer): void {
    this.#decoder.receive(chunk);
    try {
      const event = this.#decoder.next();
      if (event.type !== "packet") return;
      this.#packet = event;
      this.#keep(Buffer.from(this.#decoder.takeRemainder()));
      this.#announce();
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #fail(reason: string): void {
    this.#fault = reason;
    this.#announce();
  }

  #keep(chunk: Buffer): void {
    this.#behind.push(chunk);
    this.#behindBytes += chunk.length;
  }

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look();
  }
}
