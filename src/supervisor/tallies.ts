import { type ChildReport, NO_REPORT } from "./messages.ts";

/** What one worker has done, over all the processes that were it. */
export interface WorkerTally {
  readonly worker: number;
  /** The process that serves, or is being started; 0: none at present. */
  readonly pid: number;
  readonly isServing: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Processes started beyond the first. */
  readonly respawns: number;
  /** Since the first process started: these never go backwards. */
  readonly requests: number;
  readonly exceptions: number;
  readonly harakiris: number;
  readonly sentBytes: number;
  readonly answerMs: number;
  /** Of the process that serves. */
  readonly current: ChildReport;
}

interface Life {
  readonly id: number;
  readonly worker: number;
  readonly pid: number;
  readonly startedAt: number;
  isServing: boolean;
  report: ChildReport;
}

const SUMMED = ["requests", "exceptions", "harakiris", "sentBytes", "answerMs"] as const;

type Totals = Pick<ChildReport, (typeof SUMMED)[number]>;

/** Adds up what the processes report. What a process had done when it ended stays counted. */
export class WorkerTallies {
  readonly #lives = new Map<number, Life>();
  readonly #past = new Map<number, { totals: Totals; starts: number }>();

  started({ id, worker, pid }: { readonly id: number; readonly worker: number; readonly pid: number }): void {
    this.#lives.set(id, { id, worker, pid, startedAt: Date.now(), isServing: false, report: NO_REPORT });
    this.#pastOf(worker).starts += 1;
  }

  ready(id: number): void {
    const life = this.#lives.get(id);
    if (life) life.isServing = true;
  }

  report(id: number, report: ChildReport): void {
    const life = this.#lives.get(id);
    if (life) life.report = report;
  }

  /** A process is killed because it was stuck. */
  harakiri(id: number): void {
    const life = this.#lives.get(id);
    if (life) life.report = { ...life.report, harakiris: life.report.harakiris + 1 };
  }

  ended(id: number): void {
    const life = this.#lives.get(id);
    if (!life) return;
    this.#lives.delete(id);
    const past = this.#pastOf(life.worker);
    past.totals = sum(past.totals, life.report);
  }

  /** Every worker there has ever been, in order. */
  all(): WorkerTally[] {
    return [...this.#past.keys()].sort((a, b) => a - b).map((worker) => this.#tally(worker));
  }

  #tally(worker: number): WorkerTally {
    const { totals, starts } = this.#pastOf(worker);
    const lives = [...this.#lives.values()].filter((life) => life.worker === worker);
    // The youngest that serves, else the one that is being started: an old one on its way out is not the worker any more.
    const life = lives.findLast(({ isServing }) => isServing) ?? lives.at(-1);
    return {
      ...lives.reduce((before: Totals, { report }) => sum(before, report), totals),
      worker,
      pid: life?.pid ?? 0,
      isServing: life?.isServing ?? false,
      startedAt: life?.startedAt ?? 0,
      respawns: starts - 1,
      current: life?.report ?? NO_REPORT,
    };
  }

  #pastOf(worker: number): { totals: Totals; starts: number } {
    let past = this.#past.get(worker);
    if (!past) {
      past = { totals: NO_REPORT, starts: 0 };
      this.#past.set(worker, past);
    }
    return past;
  }
}

function sum(a: Totals, b: Totals): Totals {
  const total = { ...NO_REPORT };
  for (const name of SUMMED) total[name] = a[name] + b[name];
  return total;
}
