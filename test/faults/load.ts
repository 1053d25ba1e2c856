import { type ChildProcess, fork } from "node:child_process";
import { sleep } from "../support/wait.ts";
import type { LoadOrder, LoadPlan, LoadTotals, LoadWord } from "./load-plan.ts";

const PROGRAM = `${import.meta.dirname}/load-program.ts`;

/** Clients that ask without end until they are told to stop. */
export class Load {
  readonly #child: ChildProcess;
  readonly #totals: Promise<LoadTotals>;
  #requests = 0;

  private constructor(plan: LoadPlan) {
    this.#child = fork(PROGRAM, [], { execArgv: ["--import", "tsx"] });
    this.#totals = new Promise((resolve, reject) => {
      this.#child.on("message", (word: LoadWord) => {
        if (word.type === "totals") resolve(word.totals);
        else this.#requests = word.requests;
      });
      this.#child.once("exit", () => reject(new Error("the load ended by itself")));
    });
    this.#totals.catch(() => undefined);
    this.#say({ type: "start", plan });
  }

  /** Resolves when the first requests are on their way. */
  static async start(plan: LoadPlan): Promise<Load> {
    const load = new Load(plan);
    await load.reached(1);
    return load;
  }

  /** Wait until so many requests were sent, altogether. */
  async reached(requests: number): Promise<void> {
    while (this.#requests < requests && this.#child.exitCode === null) await sleep(20);
  }

  hasReached(requests: number): boolean {
    return this.#requests >= requests;
  }

  /** Something happens now: the time to the next 200 is measured. */
  mark(): void {
    this.#say({ type: "mark" });
  }

  /** Let every client finish the request it is at. */
  async stop(): Promise<LoadTotals> {
    this.#say({ type: "stop" });
    const totals = await this.#totals;
    this.end();
    return totals;
  }

  /** End the clients as they are. */
  end(): void {
    this.#child.removeAllListeners("exit");
    if (this.#child.connected) this.#child.disconnect();
  }

  #say(order: LoadOrder): void {
    this.#child.send(order);
  }
}
