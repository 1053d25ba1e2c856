import { execFile } from "node:child_process";
import type { Logger } from "../log.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const SENDER = "systemd-notify";
const SEND_TIMEOUT_MS = 5000;

/**
 * Tells systemd how the service is doing. Node has no datagram sockets of the Unix family, so the program `systemd-notify` does the
 * talking; the unit needs `NotifyAccess=all`. Does nothing where systemd does not listen.
 */
export class SystemdNotifier {
  readonly #env: Environment;
  readonly #log: Logger;
  readonly #isOn: boolean;
  readonly #watchdog: NodeJS.Timeout | undefined;
  #lastSent: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(env: Environment, pid: number, log: Logger) {
    this.#env = env;
    this.#log = log;
    this.#isOn = (env["NOTIFY_SOCKET"] ?? "") !== "";
    const intervalMs = watchdogIntervalMs(env, pid);
    if (this.#isOn && intervalMs !== undefined) {
      this.#watchdog = setInterval(() => this.#send("WATCHDOG=1"), intervalMs).unref();
    }
  }

  ready(): void {
    this.#send("READY=1", "STATUS=serving");
  }

  /** A reload has begun; or it is over, and the new generation serves, or the old one still does. */
  reload(state: "begun" | "done" | "failed"): void {
    if (state === "begun") {
      this.#send("RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`, "STATUS=reloading");
    } else {
      this.#send(
        "READY=1",
        state === "done" ? "STATUS=serving" : "STATUS=reload failed, the old generation serves",
      );
    }
  }

  stopping(): void {
    this.#send("STOPPING=1", "STATUS=finishing open requests");
  }

  /** Say nothing more. Resolves when what was said has been sent. */
  async close(): Promise<void> {
    clearInterval(this.#watchdog);
    await this.#lastSent;
  }

  /** One after the other: systemd must not hear READY after STOPPING. */
  #send(...assignments: string[]): void {
    if (!this.#isOn) return;
    this.#lastSent = this.#lastSent.then(
      () =>
        new Promise((resolve) => {
          execFile(SENDER, assignments, { env: this.#env, timeout: SEND_TIMEOUT_MS }, (error) => {
            if (error) this.#failed(error);
            resolve();
          });
        }),
    );
  }

  #failed(error: Error): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#log.warn({ err: error }, `systemd could not be notified: is ${SENDER} installed?`);
  }
}

/** How often systemd wants to hear of this process: half the time after which it would end it. */
export function watchdogIntervalMs(env: Environment, pid: number): number | undefined {
  const microseconds = Number(env["WATCHDOG_USEC"]);
  const isOurs = env["WATCHDOG_PID"] === undefined || Number(env["WATCHDOG_PID"]) === pid;
  return microseconds > 0 && isOurs ? microseconds / 2000 : undefined;
}

/** The environment without what systemd says to this process alone. */
export function withoutSystemd(env: Environment): Record<string, string | undefined> {
  const ours = /^(LISTEN_(PID|FDS|FDNAMES)|NOTIFY_SOCKET|WATCHDOG_(USEC|PID))$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}
