import type { CaseContext, Split } from "../case.ts";
import { type FrontAddress, HttpConnection } from "./http-connection.ts";
import type { ScriptedWorker } from "./scripted-worker.ts";
import { seededRandom } from "./split.ts";
import type { TokenSource } from "./token.ts";

/** What all cases of a run share. */
export interface FrontSetup {
  readonly front: FrontAddress;
  readonly worker: ScriptedWorker;
  readonly tokens: TokenSource;
  readonly split: Split;
  readonly seed: number;
  /** Longest silence of the front, in milliseconds, before a case judges what there is. */
  readonly patienceMs: number;
}

/** The means of one case: connections to the front, and the worker behind it. */
export class FrontContext implements CaseContext {
  readonly setup: FrontSetup;
  readonly signal: AbortSignal;
  readonly random: () => number;
  #contacts = 0;

  /** @param id - Of the case, which has its own random places to cut at. */
  constructor(setup: FrontSetup, id: string, signal: AbortSignal) {
    this.setup = setup;
    this.signal = signal;
    this.random = seededRandom(`${setup.seed} ${id}`);
  }

  get contacts(): number {
    return this.#contacts;
  }

  /** @throws Error when the front accepts no connection. */
  async connect(): Promise<HttpConnection> {
    const connection = await HttpConnection.open(this.setup.front, this.signal);
    this.#contacts += 1;
    return connection;
  }
}
