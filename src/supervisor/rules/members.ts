import type { FleetAction } from "./events.ts";
import { isLeaving, type Member, newMember, nextMoment } from "./member.ts";
import { CUT_MARGIN_MS, type FleetSettings, KILL_MARGIN_MS } from "./settings.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** All processes that have not ended, and how they are made to end: asked first, killed when patience is over. */
export class Members {
  readonly #settings: FleetSettings;
  readonly #random: () => number;
  readonly #act: (action: FleetAction) => void;
  readonly #byId = new Map<number, Member>();
  #lastId = 0;

  constructor(settings: FleetSettings, random: () => number, act: (action: FleetAction) => void) {
    this.#settings = settings;
    this.#random = random;
    this.#act = act;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: number): Member | undefined {
    return this.#byId.get(id);
  }

  all(): Member[] {
    return [...this.#byId.values()];
  }

  forget(member: Member): void {
    this.#byId.delete(member.id);
  }

  spawn(worker: number, generation: number, now: number): Member {
    this.#lastId += 1;
    const id = this.#lastId;
    const member = newMember({ id, worker, generation }, this.#settings, { now, chance: this.#random() });
    this.#byId.set(id, member);
    this.#act({ type: "spawn", id, worker, generation });
    return member;
  }

  /** Let it finish what it has begun. One that is not ready has begun nothing. */
  stop(member: Member, now: number, timeoutMs: number = this.#settings.gracefulTimeoutMs): void {
    if (member.phase === "booting") {
      this.kill(member);
      return;
    }
    if (member.phase === "serving") {
      member.phase = "stopping";
      member.deadline = NEVER;
      this.#act({ type: "stop", id: member.id });
    }
    member.deadline = Math.min(member.deadline, now + timeoutMs + KILL_MARGIN_MS);
  }

  /** Let it break off what it has begun, in a way that its clients can see. */
  cut(member: Member, now: number): void {
    if (member.phase === "booting") {
      this.kill(member);
    } else if (member.phase === "serving" || member.phase === "stopping") {
      member.phase = "cut";
      member.deadline = now + CUT_MARGIN_MS;
      this.#act({ type: "cut", id: member.id });
    }
  }

  kill(member: Member): void {
    if (member.phase === "killed") return;
    member.phase = "killed";
    member.deadline = NEVER;
    this.#act({ type: "kill", id: member.id });
  }

  /** End the patience with those whose time is over. */
  lapse(now: number): void {
    for (const member of this.#byId.values()) {
      if (member.deadline > now) continue;
      const { worker, generation } = member;
      if (isLeaving(member)) {
        const message = "a worker process did not end in time and is killed";
        this.#act({ type: "log", level: "warn", fields: { worker, generation }, message });
        this.kill(member);
      } else {
        member.failure ??= `it was not ready within ${this.#settings.bootTimeoutMs} ms`;
        member.deadline = NEVER;
        this.#act({ type: "kill", id: member.id });
      }
    }
  }

  /** The points in time at which something about them changes by itself. */
  moments(): number[] {
    return this.all().map(nextMoment);
  }
}
