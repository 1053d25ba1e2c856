import type { ListenOptions } from "node:net";
import type { Split, Transport } from "../case.ts";
import type { CaseResult } from "../report.ts";
import { runCases } from "../runner.ts";
import type { FrontCase } from "./front-case.ts";
import { FrontContext, type FrontSetup } from "./front-context.ts";
import type { FrontAddress } from "./http-connection.ts";
import { proveAlive } from "./observe.ts";
import { ScriptedWorker } from "./scripted-worker.ts";
import { TokenSource } from "./token.ts";

/** Options of {@link FrontRun}. */
export interface FrontRunOptions {
  /** @defaultValue `"whole"` */
  readonly split?: Split;
  /** Decides about random places to cut at. @defaultValue 1 */
  readonly seed?: number;
  /** Cases at the same time. @defaultValue 8 */
  readonly jobs?: number;
  /** Longest silence of the front before a case judges what there is, in milliseconds. @defaultValue 3000 */
  readonly patienceMs?: number;
  /** Time for one case, in milliseconds. @defaultValue four times `patienceMs`, for it may wait that often */
  readonly timeoutMs?: number;
  /** Called after each case, in the order they end. */
  onResult?(result: CaseResult, done: number, total: number): void;
}

const DEFAULT_PATIENCE_MS = 3000;
const DEFAULT_JOBS = 8;

/** A worker that plays its part at an address, for as many runs of the suite as are wanted. */
export class FrontRun {
  readonly #worker: ScriptedWorker;
  readonly #tokens = new TokenSource();
  readonly #transport: Transport;

  private constructor(worker: ScriptedWorker, transport: Transport) {
    this.#worker = worker;
    this.#transport = transport;
  }

  /**
   * Listen where the front under test expects its uwsgi server.
   *
   * @throws Error of the system when the address can not be listened on.
   */
  static async listen(address: ListenOptions): Promise<FrontRun> {
    const worker = await ScriptedWorker.listen(address);
    return new FrontRun(worker, address.path === undefined ? "tcp" : "unix");
  }

  /** The address the worker listens on. */
  get address(): ScriptedWorker["address"] {
    return this.#worker.address;
  }

  /**
   * Run cases against a front.
   *
   * @throws Error when the front does not answer an ordinary request with what the worker says: nothing else would mean anything.
   */
  async run(
    cases: readonly FrontCase[],
    front: FrontAddress,
    options: FrontRunOptions = {},
  ): Promise<readonly CaseResult[]> {
    const {
      patienceMs = DEFAULT_PATIENCE_MS,
      split = "whole",
      seed = 1,
      jobs = DEFAULT_JOBS,
      onResult,
    } = options;
    const setup: FrontSetup = { front, worker: this.#worker, tokens: this.#tokens, split, seed, patienceMs };
    await proveAlive(new FrontContext(setup, "", new AbortController().signal));
    return runCases(cases, {
      transport: this.#transport,
      jobs,
      timeoutMs: options.timeoutMs ?? 4 * patienceMs,
      contextOf: ({ id }, signal) => new FrontContext(setup, id, signal),
      ...(onResult ? { onResult: (...told) => onResult(...told) } : {}),
    });
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}
