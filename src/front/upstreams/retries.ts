import type { Exchange } from "../../client/exchange.ts";
import { type FailedAt, mayRetry, type RetryCause } from "../../client/retry-rule.ts";
import type { UwsgiBridgeError } from "../../errors.ts";
import type { Logger } from "../../log.ts";
import { formatEndpoint } from "../../net/endpoint.ts";
import { failureKind } from "../balance/failure-kind.ts";
import type { Turn } from "./turn.ts";

/** What the options say about sending a request again. */
export interface RetrySettings {
  readonly causes: ReadonlySet<RetryCause>;
  readonly maxSends: number;
  readonly log: Logger;
}

/** What is known of the request, whatever becomes of it. */
export interface RetriedRequest {
  readonly id: string;
  readonly parsed: { readonly method: string };
}

/** Statuses that say nothing about the server. */
const HARMLESS: ReadonlySet<number> = new Set([403, 404]);

/** What became of one request where something went wrong: made at the first failure. */
export class Retries {
  readonly #request: RetriedRequest;
  readonly #turn: Turn;
  readonly #settings: RetrySettings;
  #sends = 0;
  #staysHere = false;
  /** Attempts that failed, and were followed by another one. */
  failed = 0;

  constructor(request: RetriedRequest, turn: Turn, settings: RetrySettings) {
    this.#request = request;
    this.#turn = turn;
    this.#settings = settings;
  }

  /**
   * An exchange failed.
   *
   * @param isReplayable - The body can be sent again from its beginning.
   * @returns Whether the request is to be sent again: see {@link moveOn}.
   */
  afterError({ code }: UwsgiBridgeError, exchange: Exchange, isReplayable: boolean): boolean {
    const { failedAt, wasReused } = exchange;
    const kind = failureKind({ code, failedAt, wasReused });
    if (kind !== undefined) this.#turn.failed(kind);
    if (failedAt !== "connect" && failedAt !== "refused") this.#sends += 1;
    // What happened to a kept connection says nothing about the server, and what is about to end may be one process of several.
    const isOneConnection = failedAt === "lost" ? wasReused : failedAt === "refused" && this.#turn.isBound;
    this.#staysHere = isOneConnection && this.failed === 0;
    return this.#mayRetry(failedAt, wasReused, isReplayable);
  }

  /** An answer has a status that another server is asked for. @returns Whether one can be: see {@link moveOn}. */
  afterStatus(status: number, isReplayable: boolean): boolean {
    if (!HARMLESS.has(status)) this.#turn.failed("status");
    this.#sends += 1;
    if (!this.#mayRetry("status", false, isReplayable)) return false;
    const target = formatEndpoint(this.#turn.upstream.target);
    this.#settings.log.info({ requestId: this.#request.id, status, target }, "a request is sent again");
    this.#staysHere = false;
    return true;
  }

  /** It is sent again: to the server whose turn it is from now on. */
  moveOn(): void {
    this.failed += 1;
    if (!this.#staysHere) this.#turn.next();
  }

  #mayRetry(failedAt: FailedAt, wasReused: boolean, isReplayable: boolean): boolean {
    const { untried, servers, upstream } = this.#turn;
    const { causes, maxSends } = this.#settings;
    return mayRetry({
      failedAt,
      method: this.#request.parsed.method,
      isReplayable,
      wasReused,
      hasAlternative: wasReused || servers > 1 || upstream.keepsConnections,
      untried,
      servers,
      failed: this.failed,
      sends: this.#sends,
      maxSends,
      causes,
    });
  }
}
