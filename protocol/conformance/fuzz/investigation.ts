import { setTimeout as sleep } from "node:timers/promises";
import type { Campaign } from "./campaign.ts";
import type { Finding } from "./finding.ts";
import { FuzzFailure } from "./fuzz-failure.ts";
import { shrink } from "./shrink.ts";

/** A supervisor has this time to start its server again, in milliseconds. */
const REVIVAL_MS = 5000;
const LOOK_EVERY_MS = 50;
/** A hang on a busy machine may be an accident: it counts as repeated when it comes again at once. */
const REPEATS = 2;

/** As of a campaign. */
interface InvestigationOptions {
  readonly seed: number;
  readonly revive?: () => Promise<void>;
  readonly reviveMs?: number;
  readonly shrinkMs?: number;
}

/** Finds out which input a fault belongs to, and makes it small. */
export class Investigation {
  readonly findings: Finding[] = [];
  readonly #campaign: Campaign;
  readonly #options: InvestigationOptions;
  #isSubjectGone = false;

  constructor(campaign: Campaign, options: InvestigationOptions) {
    this.#campaign = campaign;
    this.#options = options;
  }

  /** Nobody accepts connections, and nobody started the subject again. */
  get isSubjectGone(): boolean {
    return this.#isSubjectGone;
  }

  /** @param suspects - Runs that were under way, or over just before. */
  async lookInto(run: number, seen: FuzzFailure, suspects: readonly number[]): Promise<void> {
    const known = this.findings.find(({ failure }) => failure.signature === seen.signature);
    if (known) {
      known.times += 1;
      await this.#ensureAlive();
      return;
    }
    if (!(await this.#ensureAlive())) {
      this.#add(run, seen, this.#campaign.inputOf(run), false);
      return;
    }
    const others = suspects.filter((other) => other !== run).reverse();
    for (const suspect of [run, ...others]) {
      const input = this.#campaign.inputOf(suspect);
      const failure = await this.#failureOf(input);
      if (!failure) continue;
      this.#add(suspect, failure, await this.#shrunk(input, failure), true);
      return;
    }
    this.#add(run, seen, this.#campaign.inputOf(run), false);
  }

  #add(run: number, failure: FuzzFailure, input: Buffer, isRepeated: boolean): void {
    const { kind } = this.#campaign;
    this.findings.push({ kind, seed: this.#options.seed, run, failure, input, isRepeated, times: 1 });
  }

  #shrunk(input: Buffer, { kind }: FuzzFailure): Promise<Buffer> {
    const { shrinkMs } = this.#options;
    return shrink(input, {
      ...(shrinkMs === undefined ? {} : { maxMs: shrinkMs }),
      fails: async (candidate) =>
        !this.#isSubjectGone && (await this.#failureOf(candidate, 1))?.kind === kind,
      reductions: (bytes) => this.#campaign.reductions(bytes),
    });
  }

  /** What goes wrong when an input is sent alone; the subject is there afterwards, if it can be. */
  async #failureOf(input: Buffer, repeats: number = REPEATS): Promise<FuzzFailure | undefined> {
    for (let time = 1; time <= repeats; time += 1) {
      const failure = await this.#attempt(input);
      const isAlive = await this.#campaign.isAlive();
      if (!isAlive) {
        await this.#ensureAlive();
        return new FuzzFailure("crash", "connections are no longer accepted", failure?.detail);
      }
      if (!failure) return undefined;
      if (failure.kind !== "hang" || time === repeats) return failure;
    }
    return undefined;
  }

  /** Between two ordinary inputs: the first leaves something to mix up, the second shows what the input has left behind. */
  async #attempt(input: Buffer): Promise<FuzzFailure | undefined> {
    const { ordinary } = this.#campaign;
    await this.#failureIn(ordinary);
    return (await this.#failureIn(input)) ?? (await this.#failureIn(ordinary));
  }

  async #failureIn(input: Buffer): Promise<FuzzFailure | undefined> {
    try {
      await this.#campaign.attempt(input);
      return undefined;
    } catch (error) {
      if (error instanceof FuzzFailure) return error;
      throw error;
    }
  }

  async #ensureAlive(): Promise<boolean> {
    if (await this.#campaign.isAlive()) return true;
    await this.#options.revive?.();
    const { reviveMs = REVIVAL_MS } = this.#options;
    for (let waited = 0; waited < reviveMs; waited += LOOK_EVERY_MS) {
      if (await this.#campaign.isAlive()) return true;
      await sleep(LOOK_EVERY_MS);
    }
    this.#isSubjectGone = true;
    return false;
  }
}
