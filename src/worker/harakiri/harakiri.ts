import { url as inspectorUrl } from "node:inspector";
import { extname } from "node:path";
import { Worker as Thread } from "node:worker_threads";
import type { Logger } from "../../log.ts";
import type { Worker } from "../worker.ts";
import { BEAT_MS, CONNECTIONS_AT_WORK, type ConnectionsAtWork, type WatchdogData } from "./watchdog-data.ts";

/** Options of {@link Harakiri}. */
export interface HarakiriOptions {
  /** How long a request may take before its answer begins, and how long code may keep the event loop to itself, in milliseconds. */
  readonly limitMs: number;
  readonly log: Logger;
  /** The descriptor of the channel to the supervisor, which starts another process when this one has to die; without it none dies. */
  readonly supervisorFd: number | undefined;
  /** Told when the application goes on with requests whose time was over long ago. */
  readonly onLeftOver: (reason: string) => void;
}

/** An application that was told to stop by the signal of a request gets this long to do so. */
const LEFT_OVER_MS = 2000;
/** Enough for a stack; the application's limits are not the watchdog's. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

/**
 * Ends requests that take too long.
 *
 * While the event loop runs, what waits for too long is answered 504 and told by its signal. When it does not run, a thread that watches it
 * writes the stack of the code that keeps it, answers 504 in its place, and ends the process: code can not be stopped from outside without
 * damage.
 */
export class Harakiri {
  readonly #worker: Worker;
  readonly #options: HarakiriOptions;
  readonly #beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #timer: NodeJS.Timeout;
  readonly #thread: Thread | undefined;
  #expired = 0;

  constructor(worker: Worker, options: HarakiriOptions) {
    this.#worker = worker;
    this.#options = options;
    this.#timer = setInterval(() => this.#beat(), BEAT_MS).unref();
    // Who debugs has stopped the code on purpose.
    if (options.supervisorFd !== undefined && inspectorUrl() === undefined) {
      this.#thread = this.#startThread(options.supervisorFd);
    }
  }

  /** Requests that were answered 504. */
  get expired(): number {
    return this.#expired;
  }

  stop(): void {
    clearInterval(this.#timer);
    void this.#thread?.terminate();
  }

  #beat(): void {
    Atomics.add(this.#beats, 0, 1);
    const { limitMs, log } = this.#options;
    for (const { request, expire, isOver } of this.#worker.overdue(limitMs)) {
      const { method, uri, requestId, elapsedMs } = request;
      log.error(
        { code: "UWB_ERR_HARAKIRI", method, uri, requestId, elapsedMs },
        "a request took too long: it is answered 504 and aborted",
      );
      this.#expired += 1;
      expire();
      setTimeout(() => this.#checkLeftOver(uri, isOver), LEFT_OVER_MS).unref();
    }
  }

  #checkLeftOver(uri: string, isOver: () => boolean): void {
    if (isOver()) return;
    this.#options.onLeftOver(`${uri} goes on although its time was over`);
  }

  #startThread(supervisorFd: number): Thread {
    Object.assign(globalThis, {
      [Symbol.for(CONNECTIONS_AT_WORK)]: () => {
        const connections: ConnectionsAtWork = {
          running: this.#worker.running(),
          resting: this.#worker.resting(),
        };
        return JSON.stringify(connections);
      },
    });
    const { limitMs } = this.#options;
    const workerData: WatchdogData = { beats: this.#beats, limitMs, supervisorFd };
    const thread = new Thread(new URL(`./watchdog-thread${extname(import.meta.url)}`, import.meta.url), {
      workerData,
      resourceLimits: THREAD_LIMITS,
    });
    thread.unref();
    thread.on("error", (error) => this.#options.log.error({ err: error }, "the watchdog has failed"));
    return thread;
  }
}
