import { checkLedger } from "./ledger.ts";
import type { LoadTotals } from "./load-plan.ts";
import type { Holdings } from "./proc.ts";

const SHOWN = 3;

/** What an experiment has measured, and which figures it missed. */
export class Findings {
  readonly misses: string[] = [];
  readonly #facts: string[] = [];

  /** Everything measured, in one line. */
  get line(): string {
    return this.#facts.join(", ");
  }

  /** A figure without a limit. */
  fact(name: string, value: number | string): void {
    this.#facts.push(`${name} ${typeof value === "number" ? rounded(value) : value}`);
  }

  atMost(name: string, value: number, limit: number, unit = ""): void {
    this.#facts.push(`${name} ${rounded(value)}${unit} (<= ${rounded(limit)})`);
    if (!(value <= limit)) this.misses.push(`${name}: ${rounded(value)}${unit}, at most ${rounded(limit)}`);
  }

  atLeast(name: string, value: number, limit: number): void {
    this.#facts.push(`${name} ${rounded(value)} (>= ${rounded(limit)})`);
    if (!(value >= limit)) this.misses.push(`${name}: ${rounded(value)}, at least ${rounded(limit)}`);
  }

  /** Something that has to be so. */
  holds(what: string, isSo: boolean, why = ""): void {
    this.#facts.push(`${what}: ${isSo ? "yes" : "NO"}`);
    if (!isSo) this.misses.push(`not so: ${what}${why === "" ? "" : ` (${why})`}`);
  }

  /** What became of a load. @param mayFail - Requests that may have had no 200. */
  load(totals: LoadTotals, mayFail = 0): void {
    const { requests, byStatus, socketErrors, strangers, left, p99Ms, maxMs, failures } = totals;
    const { 200: good = 0, ...others } = byStatus;
    this.fact("requests", requests);
    this.fact("2xx", good);
    for (const [status, count] of Object.entries(others)) this.fact(status, count);
    this.fact("socket errors", socketErrors);
    if (left > 0) this.fact("left", left);
    this.fact("p99 ms", p99Ms);
    this.fact("max ms", maxMs);
    this.atMost("answers of others", strangers, 0);
    const failed = requests - good - left;
    this.atMost("failed", failed, mayFail);
    if (failed > mayFail) this.misses.push(...failures);
  }

  /** Whether each POST ran once: one that was answered exactly, one that failed at most. */
  ledger(lines: readonly string[], totals: LoadTotals): void {
    const { run, twice, missing, strangers } = checkLedger(lines, totals);
    this.fact("POST run", run);
    this.holds("each once", twice.length === 0, some(twice));
    this.holds("none missing", missing.length === 0, some(missing));
    this.holds("none unknown", strangers.length === 0, some(strangers));
  }

  /** What a process held before and after. */
  holdings(before: Holdings, after: Holdings): void {
    this.fact("RSS MiB", `${rounded(before.rssMib)} -> ${rounded(after.rssMib)}`);
    this.fact("fds", `${before.descriptors} -> ${after.descriptors}`);
  }
}

function some(tokens: readonly string[]): string {
  return `${tokens.length}, ${tokens.slice(0, SHOWN).join(" ")}`;
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
