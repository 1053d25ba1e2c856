import type { Socket } from "node:net";
import type { Logger } from "../log.ts";
import { DescriptorWatch } from "./descriptor-watch.ts";
import { RepeatedWarning } from "./repeated-warning.ts";

/** What an {@link Admission} goes by. */
export interface AdmissionRules {
  /** Connections that may be open at the same time. */
  readonly max: number;
  /** What a peer is told that connects beyond it, before its connection is closed. */
  readonly answer: string;
  readonly log: Logger;
}

/** Peers that are waited for after their answer, until they close, so that no reset overtakes it. Each holds a descriptor. */
const MOST_LINGERING = 16;
const LINGER_MS = 1000;

/** Turns connections away that a server has no room for, and watches the descriptors of the process meanwhile. */
export class Admission {
  readonly #rules: AdmissionRules;
  readonly #warning: RepeatedWarning;
  #watch: DescriptorWatch | undefined;
  #refused = 0;
  #lingering = 0;

  constructor(rules: AdmissionRules) {
    this.#rules = rules;
    this.#warning = new RepeatedWarning(rules.log, "connections are refused: there are too many");
  }

  /** Connections turned away since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** The server listens. */
  open(): void {
    this.#watch ??= new DescriptorWatch(this.#rules.log);
  }

  /** Nothing more is accepted. */
  close(): void {
    this.#watch?.close();
    this.#watch = undefined;
    this.#warning.close();
  }

  /** Whether a connection may stay, beside those that are open. Otherwise it is answered and closed here. */
  admits(socket: Socket, open: number): boolean {
    const { max } = this.#rules;
    if (open < max) return true;
    this.turnAway(socket);
    this.#warning.occurred({ code: "UWB_ERR_TOO_MANY_CONNECTIONS", open, max, total: this.#refused });
    return false;
  }

  /** Answer a connection that may not stay, and close it. */
  turnAway(socket: Socket): void {
    this.#refused += 1;
    socket.on("error", () => socket.destroy());
    if (this.#lingering < MOST_LINGERING) this.#linger(socket);
    // Shutting our side down first would keep the descriptor for another turn of the event loop: a flood could take all of them.
    else socket.write(this.#rules.answer, "latin1", () => socket.destroy());
  }

  #linger(socket: Socket): void {
    this.#lingering += 1;
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("close", () => {
      clearTimeout(timer);
      this.#lingering -= 1;
    });
    socket.once("end", () => socket.destroy());
    socket.end(this.#rules.answer, "latin1");
    socket.resume();
  }
}
