import { WaitingLine } from "../net/waiting-line.ts";

/** A request that waits for its turn. */
export interface SlotUser {
  /** The turn has come. Not called from inside {@link RequestSlots.request}. */
  run(): void;
}

/**
 * How many requests may be in progress, and who is next. First come, first served; beyond the queue there is no room. Pure counting:
 * waiting requests are started by whoever calls {@link next}.
 */
export class RequestSlots {
  readonly #maxRunning: number;
  readonly #maxWaiting: number;
  readonly #line = new WaitingLine<SlotUser>();
  #running = 0;

  constructor(maxRunning: number, maxWaiting: number) {
    this.#maxRunning = maxRunning;
    this.#maxWaiting = maxWaiting;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#line.size;
  }

  /** `run`: start now. `wait`: {@link next} will hand the user out. `refuse`: the queue is full. */
  request(user: SlotUser): "run" | "wait" | "refuse" {
    if (this.#running < this.#maxRunning && this.#line.size === 0) {
      this.#running += 1;
      return "run";
    }
    if (this.#line.size >= this.#maxWaiting) return "refuse";
    this.#line.push(user);
    return "wait";
  }

  /** A running request has finished. */
  release(): void {
    this.#running -= 1;
  }

  /** Stop waiting. */
  leave(user: SlotUser): void {
    this.#line.remove(user);
  }

  /** The next user whose turn it is, counted as running from now on. */
  next(): SlotUser | undefined {
    if (this.#running >= this.#maxRunning) return undefined;
    const user = this.#line.shift();
    if (user) this.#running += 1;
    return user;
  }
}
