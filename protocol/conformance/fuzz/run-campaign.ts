import { performance } from "node:perf_hooks";
import type { Campaign } from "./campaign.ts";
import type { CampaignResult } from "./finding.ts";
import { FuzzFailure } from "./fuzz-failure.ts";
import { Investigation } from "./investigation.ts";

/** How long and how hard. */
export interface CampaignOptions {
  readonly seed: number;
  /** The first run. @defaultValue 0 */
  readonly first?: number;
  /** @defaultValue no limit but the time */
  readonly runs?: number;
  /** Begin no run after this time, in milliseconds. @defaultValue no limit */
  readonly timeMs?: number;
  /** Inputs on their way at the same time. @defaultValue 16 */
  readonly jobs?: number;
  /** Start the subject again when it is gone. @defaultValue somebody else does it */
  readonly revive?: () => Promise<void>;
  /** A subject that is gone has this time to come back, in milliseconds. @defaultValue 5000 */
  readonly reviveMs?: number;
  /** Longest time to make one input small, in milliseconds. @defaultValue 15000 */
  readonly shrinkMs?: number;
  /** Stop when so many faults were found: more are better fixed than counted. @defaultValue 20 */
  readonly maxFindings?: number;
  /** Called before each run. */
  readonly onRun?: (run: number, findings: number) => void;
}

const DEFAULT_JOBS = 16;
const MAX_FINDINGS = 20;

/**
 * Send inputs, several at a time. What goes wrong is looked into with nothing else under way, and made small.
 *
 * @throws Error for whatever is not the fault of the subject.
 */
export async function runCampaign(campaign: Campaign, options: CampaignOptions): Promise<CampaignResult> {
  const run = new CampaignRun(campaign, options);
  return run.result();
}

class CampaignRun {
  readonly #campaign: Campaign;
  readonly #options: CampaignOptions;
  readonly #jobs: number;
  readonly #investigation: Investigation;
  readonly #answers: Record<string, number> = {};
  readonly #started: number = performance.now();
  /** Under way, or just over: whoever harms the subject is among them. */
  readonly #suspects: number[] = [];
  #next: number;
  #failures: { readonly run: number; readonly failure: FuzzFailure; readonly suspects: readonly number[] }[] =
    [];
  #isStopped = false;

  constructor(campaign: Campaign, options: CampaignOptions) {
    this.#campaign = campaign;
    this.#options = options;
    this.#jobs = options.jobs ?? DEFAULT_JOBS;
    this.#next = options.first ?? 0;
    this.#investigation = new Investigation(campaign, options);
  }

  async result(): Promise<CampaignResult> {
    while (!this.#isDone) {
      await Promise.all(Array.from({ length: this.#jobs }, () => this.#lane()));
      await this.#lookInto();
    }
    const { seed, first = 0 } = this.#options;
    return {
      kind: this.#campaign.kind,
      seed,
      runs: this.#next - first,
      seconds: (performance.now() - this.#started) / 1000,
      answers: this.#answers,
      findings: this.#investigation.findings,
    };
  }

  get #isDone(): boolean {
    const { first = 0, runs = Number.POSITIVE_INFINITY, timeMs = Number.POSITIVE_INFINITY } = this.#options;
    return this.#isStopped || this.#next - first >= runs || performance.now() - this.#started >= timeMs;
  }

  /** Runs one after the other, until the end or until any lane has found something. */
  async #lane(): Promise<void> {
    while (!this.#isDone && this.#failures.length === 0) {
      const run = this.#next;
      this.#next += 1;
      this.#options.onRun?.(run, this.#investigation.findings.length);
      this.#suspects.push(run);
      if (this.#suspects.length > 3 * this.#jobs) this.#suspects.shift();
      try {
        const kind = await this.#campaign.attempt(this.#campaign.inputOf(run));
        this.#answers[kind] = (this.#answers[kind] ?? 0) + 1;
      } catch (error) {
        if (!(error instanceof FuzzFailure)) throw error;
        this.#failures.push({ run, failure: error, suspects: [...this.#suspects] });
      }
    }
  }

  async #lookInto(): Promise<void> {
    if (this.#failures.length === 0 && !(await this.#campaign.isAlive())) {
      // Gone with the last of them.
      const failure = new FuzzFailure("crash", "connections are no longer accepted");
      this.#failures.push({ run: this.#next - 1, failure, suspects: [...this.#suspects] });
    }
    const failures = this.#failures;
    this.#failures = [];
    for (const { run, failure, suspects } of failures) {
      if (this.#isStopped) return;
      // One crash is seen by all that were under way.
      if (failure.kind === "crash" && failure !== failures[0]?.failure) continue;
      await this.#investigation.lookInto(run, failure, suspects);
      this.#stopWhereItEnds();
    }
  }

  #stopWhereItEnds(): void {
    const { findings, isSubjectGone } = this.#investigation;
    const { maxFindings = MAX_FINDINGS } = this.#options;
    if (isSubjectGone || findings.length >= maxFindings) this.#isStopped = true;
  }
}
