import {
  type ChildMessage,
  type ChildPlace,
  type ChildReport,
  messageOf,
  PLACE_VARIABLE,
  type SupervisorMessage,
} from "../supervisor/messages.ts";
import { EXIT } from "./exit-codes.ts";

const REPORT_EVERY_MS = 1000;
/** What the terminal sends to the whole group, and what is meant for the supervisor, is none of a child's business. */
const IGNORED_SIGNALS = ["SIGINT", "SIGQUIT", "SIGHUP", "SIGTTIN", "SIGTTOU"] as const;

/** The end of a supervisor's channel in the process that it started. */
export class ChildLink {
  readonly place: ChildPlace;
  readonly #process: NodeJS.Process;
  #timer: NodeJS.Timeout | undefined;
  #report: (() => Omit<ChildReport, "rssBytes">) | undefined;
  readonly #exit = (): void => this.#process.exit();

  constructor(process: NodeJS.Process, place: ChildPlace) {
    this.#process = process;
    this.place = place;
    for (const signal of IGNORED_SIGNALS) process.on(signal, () => undefined);
    // To be told directly means: be replaced, without a request lost. When all are told, the supervisor knows better.
    process.on("SIGTERM", () => this.retire("it was sent SIGTERM"));
    // Until somebody listens for it, nothing was begun that could be finished.
    process.on("disconnect", this.#exit);
  }

  /** Call back at every request to stop, with the number of requests so far. Returns how to stop listening. */
  onStop(listener: (count: number) => void): () => void {
    let count = 0;
    const stop = (times: number): void => {
      while (count < times) {
        count += 1;
        listener(count);
      }
    };
    const onMessage = (value: unknown): void => {
      const message = messageOf<SupervisorMessage>(value);
      if (message?.uwsgiBridge === "stop") stop(1);
      else if (message?.uwsgiBridge === "cut") stop(2);
    };
    // Without its supervisor it finishes what it has begun, and ends.
    const onDisconnect = (): void => stop(1);
    this.#process.on("message", onMessage);
    this.#process.on("disconnect", onDisconnect);
    this.#process.off("disconnect", this.#exit);
    return () => {
      this.#process.off("message", onMessage);
      this.#process.off("disconnect", onDisconnect);
    };
  }

  /** Call back when all processes are going to end soon. */
  onDrain(listener: () => void): void {
    this.#process.on("message", (value: unknown) => {
      if (messageOf<SupervisorMessage>(value)?.uwsgiBridge === "drain") listener();
    });
  }

  /** Ask the supervisor. @returns False: it is not there any more. */
  ask(question: unknown): boolean {
    if (!this.#process.connected) return false;
    void this.#send({ uwsgiBridge: "ask", question });
    return true;
  }

  /** Call back with each answer of the supervisor. */
  onAnswer<T>(listener: (answer: T) => void): void {
    this.#process.on("message", (value: unknown) => {
      const message = messageOf<SupervisorMessage>(value);
      if (message?.uwsgiBridge === "answer") listener(message.answer as T);
    });
  }

  ready(): void {
    void this.#send({ uwsgiBridge: "ready" });
  }

  /** Say why this process can not start. */
  async failed(reason: string): Promise<void> {
    await this.#send({ uwsgiBridge: "failed", reason });
  }

  /** Ask to be replaced, without a request lost. */
  retire(reason: string): void {
    void this.#send({ uwsgiBridge: "retire", reason });
  }

  /** Tell the supervisor from time to time what was done. */
  reportRegularly(report: () => Omit<ChildReport, "rssBytes">): void {
    this.#report = report;
    this.#timer = setInterval(() => void this.#sendReport(), REPORT_EVERY_MS).unref();
  }

  /** The last report, and the end of the channel. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#process.off("disconnect", this.#exit);
    await this.#sendReport();
    if (this.#process.connected) this.#process.disconnect();
  }

  async #sendReport(): Promise<void> {
    const report = this.#report?.();
    if (!report) return;
    const rssBytes = this.#process.memoryUsage.rss();
    await this.#send({ uwsgiBridge: "report", report: { ...report, rssBytes } });
  }

  /** Resolves when the message is on its way, or when nobody is there to hear it. */
  #send(message: ChildMessage): Promise<void> {
    return new Promise((resolve) => {
      if (this.#process.connected) this.#process.send?.(message, undefined, undefined, () => resolve());
      else resolve();
    });
  }
}

/** The link of this process, when a supervisor has started it. Takes the mark away: what the application starts is nobody's child. */
export function childLinkOf(process: NodeJS.Process): ChildLink | undefined {
  const text = process.env[PLACE_VARIABLE];
  delete process.env[PLACE_VARIABLE];
  if (text === undefined) return undefined;
  // The supervisor is gone already. Alone this would be a service that nobody has asked for.
  if (!process.connected) process.exit(EXIT.failure);
  return new ChildLink(process, JSON.parse(text) as ChildPlace);
}
