import type { Logger } from "../../log.ts";
import type { Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";
import { clientKey } from "./client-key.ts";
import { retryAfterSeconds } from "./leaky-bucket.ts";
import type { Limiter } from "./limiter.ts";
import { RefusalLines } from "./refusal-lines.ts";
import { ADMITTED, CROWDED, type Verdict } from "./verdict.ts";

const CODE = "UWB_ERR_TOO_MANY_REQUESTS";
const REASONS = {
  rate: "too many requests of this client in a short time",
  inProgress: "too many requests of this client are in progress",
} as const;
/** When one of them will be over is not known. */
const CROWDED_RETRY_SECONDS = 1;

/** Lets requests in at the rate of their clients, and so many of each at the same time. */
export class RateStage implements Stage {
  readonly name = "rate";
  readonly #limiter: Limiter;
  readonly #ipv6Prefix: number;
  readonly #lines: RefusalLines;
  #size = 0;
  #refused = 0;

  constructor(limiter: Limiter, { ipv6Prefix, log }: { readonly ipv6Prefix: number; readonly log: Logger }) {
    this.#limiter = limiter;
    this.#ipv6Prefix = ipv6Prefix;
    this.#lines = new RefusalLines(log);
  }

  /** Requests answered 429. */
  get refused(): number {
    return this.#refused;
  }

  /** Requests in here or behind it. */
  get size(): number {
    return this.#size;
  }

  enter(visit: Visit): boolean {
    const key = clientKey(visit.client.remoteAddress, this.#ipv6Prefix);
    // Who comes over a Unix socket has none, and is not one client.
    if (key === "") return true;
    const ticket = this.#limiter.enter(key, () => this.#goOn(visit));
    visit.ticket = ticket;
    this.#size += 1;
    return ticket.verdict !== undefined && this.#isAdmitted(visit, key, ticket.verdict);
  }

  leave(visit: Visit): void {
    const { ticket } = visit;
    if (!ticket) return;
    visit.ticket = undefined;
    this.#size -= 1;
    const { upgrade } = visit.wish;
    // The response ends with the switch, what is in progress does not.
    if (upgrade?.hasSwitched && !visit.incoming.socket.destroyed)
      visit.incoming.socket.once("close", () => ticket.leave());
    else ticket.leave();
  }

  close(): void {
    this.#lines.close();
  }

  /** The verdict has come. */
  #goOn(visit: Visit): void {
    const verdict = visit.ticket?.verdict;
    if (verdict === undefined) return;
    const key = clientKey(visit.client.remoteAddress, this.#ipv6Prefix);
    if (this.#isAdmitted(visit, key, verdict)) visit.pass();
  }

  #isAdmitted(visit: Visit, client: string, verdict: Verdict): boolean {
    if (verdict === ADMITTED) return true;
    const limit = verdict === CROWDED ? "inProgress" : "rate";
    const seconds = verdict === CROWDED ? CROWDED_RETRY_SECONDS : retryAfterSeconds(verdict);
    this.#refused += 1;
    const reason = REASONS[limit];
    this.#lines.refused(client, { code: CODE, status: 429, reason });
    const headers = [["Retry-After", String(seconds)]] as const;
    visit.refuse({ status: 429, reason, headers, code: CODE, isLogged: false });
    return false;
  }
}
