/** A request that waits for its turn. */
export interface SlotUser {
  /** The turn has come. Not called from inside {@link RequestSlots.request}. */
  run(): void;
}

/** Empty places that are not worth clearing away. */
const MIN_QUEUE = 64;

/**
 * How many requests may be in progress, and who is next. First come, first served; beyond the queue there is no room. Pure counting:
 * waiting requests are started by whoever calls {@link next}.
 */
export class RequestSlots {
  readonly #maxRunning: number;
  readonly #maxWaiting: number;
  /** In order of arrival; a place that was left is empty. An array, because the discarded tables of a `Set` keep requests alive. */
  #queue: (SlotUser | undefined)[] = [];
  #waiting = 0;
  #running = 0;

  constructor(maxRunning: number, maxWaiting: number) {
    this.#maxRunning = maxRunning;
    this.#maxWaiting = maxWaiting;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** `run`: start now. `wait`: {@link next} will hand the user out. `refuse`: the queue is full. */
  request(user: SlotUser): "run" | "wait" | "refuse" {
    if (this.#running < this.#maxRunning && this.#waiting === 0) {
      this.#running += 1;
      return "run";
    }
    if (this.#waiting >= this.#maxWaiting) return "refuse";
    this.#queue.push(user);
    this.#waiting += 1;
    return "wait";
  }

  /** A running request has finished. */
  release(): void {
    this.#running -= 1;
  }

  /** Stop waiting. */
  leave(user: SlotUser): void {
    const place = this.#queue.indexOf(user);
    if (place === -1) return;
    this.#queue[place] = undefined;
    this.#waiting -= 1;
    if (this.#queue.length > 2 * this.#waiting + MIN_QUEUE) this.#queue = this.#queue.filter(Boolean);
  }

  /** The next user whose turn it is, counted as running from now on. */
  next(): SlotUser | undefined {
    if (this.#running >= this.#maxRunning || this.#waiting === 0) return undefined;
    let user = this.#queue.shift();
    while (user === undefined) user = this.#queue.shift();
    this.#waiting -= 1;
    this.#running += 1;
    return user;
  }
}
