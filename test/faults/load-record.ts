import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { LoadTotals } from "./load-plan.ts";

const FAILURES_KEPT = 10;
const MICROSECONDS = 1000;

interface SentRequest {
  readonly token: string;
  readonly isPost: boolean;
  readonly sentAt: number;
}

/** Counts what becomes of requests. */
export class LoadRecord {
  requests = 0;
  left = 0;
  #strangers = 0;
  #failedGets = 0;
  #socketErrors = 0;
  #longestGapMs = 0;
  #lastGoodAt = performance.now();
  #hasFailed = false;
  #recoveredAt = 0;
  #markedAt: number | undefined;
  readonly #afterMarksMs: number[] = [];
  readonly #byStatus: Record<string, number> = {};
  readonly #latency: RecordableHistogram = createHistogram();
  readonly #refusals: RecordableHistogram = createHistogram();
  readonly #posted: string[] = [];
  readonly #attempted: string[] = [];
  readonly #failures: string[] = [];

  /** Something happens now. */
  mark(): void {
    this.#markedAt = performance.now();
  }

  begin(token: string, isPost: boolean): void {
    this.requests += 1;
    if (isPost) this.#attempted.push(token);
  }

  answered(sent: SentRequest, { status, text }: { readonly status: number; readonly text: string }): void {
    const { token, isPost, sentAt } = sent;
    const now = performance.now();
    this.#byStatus[status] = (this.#byStatus[status] ?? 0) + 1;
    if (status !== 200) {
      this.#refusals.record(microseconds(now - sentAt));
      this.#fail(sent, `${token}: ${status} ${text.slice(0, 80).trim()}`);
      return;
    }
    if (text.split(" ")[3] !== token) {
      this.#strangers += 1;
      this.#fail(sent, `${token} was answered ${JSON.stringify(text.slice(0, 80))}`);
      return;
    }
    this.#latency.record(microseconds(now - sentAt));
    this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#lastGoodAt);
    this.#lastGoodAt = now;
    if (this.#markedAt !== undefined) this.#afterMarksMs.push(now - this.#markedAt);
    this.#markedAt = undefined;
    if (isPost) this.#posted.push(token);
    if (this.#hasFailed) this.#recoveredAt = performance.timeOrigin + now;
    this.#hasFailed = false;
  }

  broken(sent: SentRequest, why: string): void {
    this.#socketErrors += 1;
    this.#fail(sent, `${sent.token}: ${why}`);
  }

  totals(): LoadTotals {
    return {
      requests: this.requests,
      left: this.left,
      failedGets: this.#failedGets,
      byStatus: this.#byStatus,
      socketErrors: this.#socketErrors,
      strangers: this.#strangers,
      p99Ms: this.#latency.percentile(99) / MICROSECONDS,
      maxMs: this.#latency.max / MICROSECONDS,
      longestGapMs: this.#longestGapMs,
      refusalMs: this.#refusals.percentile(50) / MICROSECONDS,
      slowestRefusalMs: this.#refusals.max / MICROSECONDS,
      afterMarksMs: this.#afterMarksMs,
      recoveredAt: this.#recoveredAt,
      posted: this.#posted,
      attempted: this.#attempted,
      failures: this.#failures,
    };
  }

  #fail({ isPost }: SentRequest, what: string): void {
    if (!isPost) this.#failedGets += 1;
    this.#hasFailed = true;
    if (this.#failures.length < FAILURES_KEPT) this.#failures.push(what);
  }
}

function microseconds(ms: number): number {
  return Math.max(1, Math.round(ms * MICROSECONDS));
}
