import type { Logger } from "../../log.ts";
import { RepeatedWarning } from "../../net/repeated-warning.ts";
import type { LimitAnswer, LimitChannel } from "./limit-channel.ts";
import type { Limiter, LimitTicket } from "./limiter.ts";
import { ADMITTED, type Verdict } from "./verdict.ts";

/** What a {@link SharedLimiter} needs besides its channel. */
export interface SharedLimiterOptions {
  /** Which of the limits at the other end. */
  readonly limit: number;
  /** Whether the other end has to be told what is over. */
  readonly counts: boolean;
  readonly log: Logger;
}

/** Without an answer in this time requests go on unasked, until there is one. */
const ANSWER_WITHIN_MS = 200;
/** Refusals that are remembered here. They are forgotten together: the other end knows them as well. */
const MOST_REFUSALS = 10_000;

interface Batch {
  readonly tickets: readonly SharedTicket[];
  readonly timer: NodeJS.Timeout;
}

/**
 * Asks the process that counts for all, once in a turn of the event loop for all requests that came in it. A refused client is
 * refused here until its time has come, since nothing can make it earlier. A limit must not take a service down: when there is no answer, requests
 * go on.
 */
export class SharedLimiter implements Limiter {
  readonly #channel: LimitChannel;
  readonly #options: SharedLimiterOptions;
  readonly #warning: RepeatedWarning;
  readonly #asked = new Map<number, Batch>();
  readonly #refusedUntil = new Map<string, number>();
  #toAsk: SharedTicket[] = [];
  #toTell: SharedTicket[] = [];
  #isScheduled = false;
  #last = 0;
  #isSilent = false;
  #unasked = 0;

  constructor(channel: LimitChannel, options: SharedLimiterOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#warning = new RepeatedWarning(
      options.log,
      "requests are not limited: the process that counts them does not answer",
    );
    channel.onAnswer((answer) => {
      if (answer.limit === options.limit) this.#answered(answer);
    });
  }

  /** What went on without having been judged. */
  get unasked(): number {
    return this.#unasked;
  }

  enter(key: string, onVerdict: () => void): LimitTicket {
    const ticket = new SharedTicket(this, key, onVerdict);
    const waitMs = (this.#refusedUntil.get(key) ?? 0) - performance.now();
    if (waitMs > 0) ticket.verdict = Math.ceil(waitMs * 1000);
    else if (this.#isSilent) {
      ticket.verdict = ADMITTED;
      this.#passUnasked(1);
    } else {
      this.#refusedUntil.delete(key);
      this.#toAsk.push(ticket);
      this.#schedule();
    }
    return ticket;
  }

  close(): void {
    this.#warning.close();
    for (const { timer } of this.#asked.values()) clearTimeout(timer);
  }

  /** For its tickets: this one may hold something. */
  over(ticket: SharedTicket): void {
    if (!this.#options.counts) return;
    this.#toTell.push(ticket);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#ask());
  }

  #ask(): void {
    this.#isScheduled = false;
    const first = this.#last + 1;
    const tickets = this.#toAsk;
    for (const ticket of tickets) {
      this.#last += 1;
      ticket.number = this.#last;
    }
    // By now who asked and is over in the same turn has its number as well.
    const over = this.#toTell.map(({ number }) => number).filter((number) => number > 0);
    this.#toAsk = [];
    this.#toTell = [];
    if (tickets.length + over.length === 0) return;
    if (tickets.length > 0) {
      // An answer that has arrived while this process was busy is read before the immediate.
      const late = (): void => void setImmediate(() => this.#late(first));
      this.#asked.set(first, { tickets, timer: setTimeout(late, ANSWER_WITHIN_MS).unref() });
    }
    const { limit } = this.#options;
    const isHeard = this.#channel.ask({ limit, first, keys: tickets.map(({ key }) => key), over });
    if (!isHeard) this.#late(first);
  }

  #answered({ first, verdicts }: LimitAnswer): void {
    const batch = this.#asked.get(first);
    if (!batch) return;
    this.#asked.delete(first);
    clearTimeout(batch.timer);
    this.#isSilent = false;
    const nowMs = performance.now();
    for (const [index, ticket] of batch.tickets.entries()) {
      const verdict = verdicts[index] ?? ADMITTED;
      if (verdict > 0) this.#remember(ticket.key, nowMs + verdict / 1000);
      ticket.decide(verdict);
    }
  }

  #remember(key: string, untilMs: number): void {
    if (this.#refusedUntil.size >= MOST_REFUSALS) this.#refusedUntil.clear();
    this.#refusedUntil.set(key, untilMs);
  }

  /** The batch stays: its answer, when it comes at last, ends the silence. */
  #late(first: number): void {
    const batch = this.#asked.get(first);
    if (!batch) return;
    clearTimeout(batch.timer);
    this.#isSilent = true;
    this.#passUnasked(batch.tickets.length);
    for (const ticket of batch.tickets) ticket.decide(ADMITTED);
  }

  #passUnasked(requests: number): void {
    this.#unasked += requests;
    this.#warning.occurred({ requests, total: this.#unasked });
  }
}

class SharedTicket implements LimitTicket {
  readonly key: string;
  /** 0: not asked. */
  number = 0;
  verdict: Verdict | undefined;
  readonly #limiter: SharedLimiter;
  readonly #onVerdict: () => void;
  #isOver = false;

  constructor(limiter: SharedLimiter, key: string, onVerdict: () => void) {
    this.#limiter = limiter;
    this.key = key;
    this.#onVerdict = onVerdict;
  }

  /** @param verdict - Nothing changes any more when there was one. */
  decide(verdict: Verdict): void {
    if (this.verdict !== undefined) return;
    this.verdict = verdict;
    this.#onVerdict();
  }

  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // Without a verdict, too: what is admitted later is over by then.
    if (this.verdict === undefined || this.verdict === ADMITTED) this.#limiter.over(this);
  }
}
