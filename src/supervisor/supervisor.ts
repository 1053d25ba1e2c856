import type { Logger } from "../log.ts";
import { formatEndpoint } from "../net/endpoint.ts";
import type { SharedSocket } from "../net/shared-socket.ts";
import { type Child, startChild, startError } from "./child.ts";
import type { ChildMessage } from "./messages.ts";
import type { Responder } from "./responder.ts";
import type { FleetAction, FleetEvent } from "./rules/events.ts";
import { Fleet } from "./rules/fleet.ts";
import { type FleetSettings, resolveFleetSettings } from "./rules/settings.ts";
import { WorkerTallies, type WorkerTally } from "./tallies.ts";

/** Node takes a longer time for none at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How a {@link Supervisor} starts its processes. */
export interface SupervisorOptions {
  /** The file to run with this Node, and its arguments: they are the same for all processes. */
  readonly command: string;
  readonly args: readonly string[];
  /** Their environment; left out: ours. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What they accept on. The supervisor publishes and closes it. */
  readonly sockets: readonly SharedSocket[];
  /** How many processes there are, and when they are replaced. @defaultValue one, never */
  readonly settings: Partial<FleetSettings>;
  readonly log: Logger;
  /** Answers what the processes ask. @defaultValue nobody */
  readonly responder?: Responder | undefined;
  /** A reload has begun, or is over. */
  readonly onReload?: ((state: "begun" | "done" | "failed") => void) | undefined;
}

/** Processes that serve together, and the sockets they share. The rules are those of {@link Fleet}; this class carries them out. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #settings: FleetSettings;
  readonly #fleet: Fleet;
  readonly #children = new Map<number, Child>();
  readonly #tallies = new WorkerTallies();
  readonly #whenEmpty: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isDraining = false;
  /** What is being done about the names of the sockets. */
  #doors: Promise<void> = Promise.resolve();
  #up: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  /** @throws {@link ConfigError} when a setting is out of its range. */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#settings = resolveFleetSettings(options.settings);
    this.#fleet = new Fleet(this.#settings, Math.random);
  }

  /**
   * Start the processes.
   *
   * @throws `UWB_ERR_CHILD_EXITED` when one of them can not be started, or when they were told to stop before; the others are ended.
   */
  async start(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#up = { resolve, reject };
        this.#handle({ type: "start" });
      });
      for (const socket of this.#options.sockets) await socket.publish();
    } catch (error) {
      await this.close(0);
      throw error;
    }
  }

  /** What the processes accept on. */
  get sockets(): readonly SharedSocket[] {
    return this.#options.sockets;
  }

  /** Replace all processes, one after the other, by such as load the application anew. @param reason - For the log. */
  reload(reason: string): void {
    this.#handle({ type: "reload", reason });
  }

  /** One process more. */
  grow(): void {
    this.#handle({ type: "grow" });
  }

  /** One process less, but never none. */
  shrink(): void {
    this.#handle({ type: "shrink" });
  }

  /** Serve on, but have the processes let their clients go: they are going to end. */
  drain(): void {
    this.#isDraining = true;
    for (const child of this.#children.values()) child.tell({ uwsgiBridge: "drain" });
  }

  /**
   * End all processes, then close the sockets. May be called again with 0 to wait no longer.
   *
   * @param timeoutMs - How long they may finish what they have begun.
   */
  async close(timeoutMs: number): Promise<void> {
    if (timeoutMs > 0) {
      // Nobody queues up any more for processes that end; they accept who has.
      this.#setDark(true);
      await this.#doors;
    }
    this.#handle(timeoutMs === 0 ? { type: "stop-now" } : { type: "stop", timeoutMs });
    if (this.#children.size > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
    clearTimeout(this.#timer);
    await this.#doors;
    await Promise.all(this.#options.sockets.map((socket) => socket.close()));
  }

  /** What each worker has done, over all the processes it has had. */
  workers(): WorkerTally[] {
    return this.#tallies.all();
  }

  #handle(event: FleetEvent): void {
    const now = performance.now();
    for (const action of this.#fleet.handle(event, now)) this.#carryOut(action);
    clearTimeout(this.#timer);
    const wakeAt = this.#fleet.wakeAt(now);
    if (wakeAt === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(Math.ceil(wakeAt - now), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.#handle({ type: "tick" }), waitMs);
  }

  #carryOut(action: FleetAction): void {
    switch (action.type) {
      case "spawn":
        this.#spawn(action);
        break;
      case "stop":
      case "cut":
        this.#children.get(action.id)?.tell({ uwsgiBridge: action.type });
        break;
      case "kill":
        this.#children.get(action.id)?.kill();
        break;
      case "log":
        this.#options.log[action.level](action.fields, action.message);
        break;
      case "dark":
        this.#setDark(action.isDark);
        break;
      case "reloading":
        this.#options.onReload?.("begun");
        break;
      case "reloaded":
        this.#options.onReload?.(action.isDone ? "done" : "failed");
        break;
      case "up":
        this.#up?.resolve();
        break;
      case "give-up":
        this.#up?.reject(startError(action.exit, action.reason));
        break;
      case "down":
        this.#up?.reject(startError({ code: 0, signal: null }, "it was told to stop before it was ready"));
        break;
    }
  }

  /** One after the other: the last word counts. */
  #setDark(isDark: boolean): void {
    this.#doors = this.#doors.then(async () => {
      for (const socket of this.#options.sockets) await (isDark ? socket.withdraw() : socket.publish());
    });
    this.#doors = this.#doors.catch((error: unknown) => {
      this.#options.log.error({ err: error }, "the name of a socket could not be changed");
    });
  }

  #spawn({ id, worker, generation }: Extract<FleetAction, { readonly type: "spawn" }>): void {
    const { command, args, env, sockets, log } = this.#options;
    const child = startChild(
      {
        command,
        args,
        env,
        fds: sockets.map(({ fd }) => fd),
        place: {
          worker,
          generation,
          processes: this.#settings.processes,
          endpoints: sockets.map(({ endpoint }) => formatEndpoint(endpoint)),
        },
      },
      {
        onMessage: (message) => this.#heard(id, message),
        onExit: (exit) => {
          this.#children.delete(id);
          this.#tallies.ended(id);
          this.#options.responder?.forget(id);
          this.#handle({ type: "exited", id, exit });
          if (this.#children.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
        },
      },
    );
    this.#children.set(id, child);
    log.info({ worker, generation, workerPid: child.pid }, "a worker process is started");
    this.#tallies.started({ id, worker, pid: child.pid ?? 0 });
  }

  #heard(id: number, message: ChildMessage): void {
    switch (message.uwsgiBridge) {
      case "ready":
        this.#tallies.ready(id);
        if (this.#isDraining) this.#children.get(id)?.tell({ uwsgiBridge: "drain" });
        this.#handle({ type: "ready", id });
        break;
      case "failed":
        this.#handle({ type: "failed", id, reason: message.reason });
        break;
      case "harakiri":
        this.#tallies.harakiri(id);
        this.#handle({ type: "failed", id, reason: message.reason });
        break;
      case "retire":
        this.#handle({ type: "retire", id, reason: message.reason });
        break;
      case "ask":
        this.#respond(id, message.question);
        break;
      case "report": {
        const { requests, rssBytes } = message.report;
        this.#tallies.report(id, message.report);
        this.#handle({ type: "report", id, requests, rssBytes });
        break;
      }
    }
  }

  #respond(id: number, question: unknown): void {
    const answer = this.#options.responder?.respond(id, question);
    if (answer !== undefined) this.#children.get(id)?.tell({ uwsgiBridge: "answer", answer });
  }
}
