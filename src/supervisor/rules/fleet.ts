import { BackOff } from "./back-off.ts";
import { type ChildExit, describeExit, type FleetAction, type FleetEvent } from "./events.ts";
import { FailureReports } from "./failure-reports.ts";
import { isLeaving, type Member, recycleReason } from "./member.ts";
import { Members } from "./members.ts";
import { type FleetSettings, SHORT_LIFE_MS, STABLE_MS } from "./settings.ts";
import { awaitsReplacement, emptySlot, isVacant, type Slot } from "./slot.ts";

type MemberEvent = Extract<FleetEvent, { readonly id: number }>;
type Log = Extract<FleetAction, { readonly type: "log" }>;

/**
 * The rules of processes that serve together: events in, actions out, no clock and no IO.
 *
 * - A process is replaced by starting its successor first: it stops when the successor is ready.
 * - One replacement at a time; places that are empty are filled at once.
 * - A generation whose first process can not start is given up, and the old one goes on. Once one of it has served, the others are
 *   tried again.
 * - What fails is tried again later and later, until something has served for a while.
 */
export class Fleet {
  readonly #settings: FleetSettings;
  readonly #slots: Slot[];
  readonly #members: Members;
  readonly #backOff = new BackOff();
  readonly #failures = new FailureReports();
  #phase: "new" | "starting" | "up" | "stopping" | "over" = "new";
  #generation = 1;
  /** The last generation of which a process has served. */
  #provenGeneration = 0;
  #isReloading = false;
  /** Nothing serves, and what is to serve has to wait. */
  #isDark = false;
  #actions: FleetAction[] = [];

  /** @param random - From 0 to 1: how much of the jitter a process gets. */
  constructor(settings: FleetSettings, random: () => number) {
    this.#settings = settings;
    this.#slots = Array.from({ length: settings.processes }, (_, index) => emptySlot(index + 1));
    this.#members = new Members(settings, random, (action) => this.#actions.push(action));
  }

  /** What an event means. @param now - Milliseconds on a clock that never goes back. */
  handle(event: FleetEvent, now: number): FleetAction[] {
    this.#actions = [];
    if ("id" in event) this.#applyToMember(event, now);
    else this.#apply(event, now);
    this.#members.lapse(now);
    if (this.#isRunning) this.#advance(now);
    if (this.#phase === "stopping" && this.#members.size === 0) {
      this.#phase = "over";
      this.#actions.push({ type: "down" });
    }
    return this.#actions;
  }

  /** When a `tick` is due, on the clock of {@link handle}; Infinity: not without another event. */
  wakeAt(now: number): number {
    const moments = [...this.#members.moments(), ...this.#slots.map(({ notBefore }) => notBefore)];
    return Math.min(Number.POSITIVE_INFINITY, ...moments.filter((moment) => moment > now));
  }

  get #isRunning(): boolean {
    return this.#phase === "starting" || this.#phase === "up";
  }

  #apply(event: Exclude<FleetEvent, MemberEvent>, now: number): void {
    switch (event.type) {
      case "start":
        this.#phase = "starting";
        break;
      case "reload":
        if (this.#isRunning) this.#reload(event.reason, now);
        break;
      case "grow":
      case "shrink":
        if (this.#isRunning) this.#resize(event.type, now);
        break;
      case "stop":
        this.#end((member) => this.#members.stop(member, now, event.timeoutMs));
        break;
      case "stop-now":
        this.#end((member) => this.#members.cut(member, now));
        break;
      case "tick":
        break;
    }
  }

  #applyToMember(event: MemberEvent, now: number): void {
    const member = this.#members.get(event.id);
    if (!member) return;
    switch (event.type) {
      case "ready":
        if (member.phase === "booting") this.#ready(member, now);
        break;
      case "failed":
        member.failure = event.reason;
        break;
      case "report":
        member.requests = event.requests;
        member.rssBytes = event.rssBytes;
        break;
      case "retire": {
        const slot = this.#slotOf(member);
        if (slot?.current === member) slot.mustReplace ??= event.reason;
        break;
      }
      case "exited":
        this.#members.forget(member);
        this.#exited(member, event.exit, now);
        break;
    }
  }

  #ready(member: Member, now: number): void {
    member.phase = "serving";
    member.readyAt = now;
    member.deadline = Number.POSITIVE_INFINITY;
    const { worker, generation, startedAt } = member;
    this.#provenGeneration = Math.max(this.#provenGeneration, generation);
    this.#log(
      "info",
      { worker, generation, bootMs: Math.round(now - startedAt) },
      "a worker process is ready",
    );
    const slot = this.#slotOf(member);
    if (!slot) return;
    if (slot.current) this.#members.stop(slot.current, now);
    slot.current = member;
    slot.next = undefined;
    slot.mustReplace = undefined;
    this.#setDark(false);
  }

  #exited(member: Member, exit: ChildExit, now: number): void {
    const slot = this.#slotOf(member);
    const wasNext = slot?.next === member;
    if (slot?.current === member) slot.current = undefined;
    if (wasNext) slot.next = undefined;
    // Who was told to leave has no place any more, and its end is no news.
    if (!slot || !this.#isRunning) return;
    if (wasNext) this.#bootFailed(slot, member, exit, now);
    else this.#died(slot, member, exit, now);
  }

  #bootFailed(slot: Slot, { worker, generation, failure }: Member, exit: ChildExit, now: number): void {
    const reason = failure ?? `it ended ${describeExit(exit)} before it was ready`;
    const fields = { worker, generation };
    if (this.#phase === "starting" && !this.#settings.survivesFirstFailure) {
      this.#actions.push({ type: "give-up", exit, reason });
      this.#phase = "over";
      for (const other of this.#members.all()) this.#members.kill(other);
    } else if (slot.current && this.#isReloading && this.#provenGeneration < generation) {
      this.#isReloading = false;
      for (const each of this.#slots) each.mustReplace = undefined;
      const message = "the new generation can not be started: the old one goes on serving";
      this.#log("error", { ...fields, reason }, message);
      this.#actions.push({ type: "reloaded", isDone: false });
    } else {
      const waitMs = this.#backOff.next();
      slot.notBefore = now + waitMs;
      const message = "a worker process can not be started";
      this.#actions.push(this.#failures.about(reason, { ...fields, retryInMs: waitMs }, message));
      this.#fadeAfter(waitMs);
    }
  }

  #died(slot: Slot, member: Member, exit: ChildExit, now: number): void {
    const { worker, generation, isStable, readyAt } = member;
    if (isStable) this.#failures.reset();
    const servedMs = Math.round(now - readyAt);
    const waitMs = servedMs < SHORT_LIFE_MS ? this.#backOff.next() : 0;
    slot.notBefore = now + waitMs;
    slot.mustReplace = undefined;
    const fields = { worker, generation, servedMs, retryInMs: waitMs };
    const reason = member.failure ?? `it ended ${describeExit(exit)}`;
    this.#actions.push(
      this.#failures.about(reason, fields, "a worker process has died and is started again"),
    );
    this.#fadeAfter(waitMs);
  }

  /** Clients wait for a process that is being started, but not for one that nobody starts. */
  #fadeAfter(waitMs: number): void {
    if (waitMs > 0 && !this.#slots.some(({ current }) => current)) this.#setDark(true);
  }

  #reload(reason: string, now: number): void {
    this.#generation += 1;
    this.#isReloading = true;
    this.#backOff.reset();
    this.#failures.reset();
    this.#log("info", { generation: this.#generation, reason }, "reloading");
    this.#actions.push({ type: "reloading" });
    for (const slot of this.#slots) {
      if (slot.next) this.#members.kill(slot.next);
      slot.next = undefined;
      slot.notBefore = now;
      if (slot.current) slot.mustReplace = reason;
    }
  }

  #resize(direction: "grow" | "shrink", now: number): void {
    if (direction === "grow") {
      this.#slots.push(emptySlot(this.#slots.length + 1));
    } else {
      if (this.#slots.length === 1) return;
      const slot = this.#slots.pop();
      for (const member of [slot?.next, slot?.current]) if (member) this.#members.stop(member, now);
    }
    this.#log("info", { processes: this.#slots.length }, "the number of worker processes was changed");
  }

  #end(how: (member: Member) => void): void {
    if (this.#phase === "over") return;
    this.#phase = "stopping";
    for (const member of this.#members.all()) how(member);
  }

  /** Do what is due: fill empty places, replace what is to be replaced, note what has proved itself. */
  #advance(now: number): void {
    for (const slot of this.#slots) {
      if (slot.current) this.#settle(slot.current, now);
      if (isVacant(slot, now)) slot.next = this.#members.spawn(slot.worker, this.#generation, now);
    }
    this.#recycle(now);
    if (!this.#slots.some(({ current, next }) => current && next)) {
      const due = this.#slots.find((slot) => awaitsReplacement(slot, now));
      if (due) due.next = this.#members.spawn(due.worker, this.#generation, now);
    }
    if (!this.#slots.every(({ current }) => current)) return;
    if (this.#phase === "starting") {
      this.#phase = "up";
      this.#actions.push({ type: "up" });
    }
    if (this.#isReloading && this.#slots.every(({ current }) => current?.generation === this.#generation)) {
      this.#isReloading = false;
      this.#log("info", { generation: this.#generation }, "reloaded");
      this.#actions.push({ type: "reloaded", isDone: true });
    }
  }

  #settle(member: Member, now: number): void {
    if (member.isStable || now - member.readyAt < STABLE_MS) return;
    member.isStable = true;
    this.#backOff.reset();
    this.#failures.reset();
  }

  /** Choose one process that has done enough, unless another is on its way out. */
  #recycle(now: number): void {
    if (this.#slots.some(({ mustReplace }) => mustReplace !== undefined)) return;
    if (this.#members.all().some(isLeaving)) return;
    for (const slot of this.#slots) {
      const reason = slot.current && recycleReason(slot.current, this.#settings, now);
      if (!reason) continue;
      slot.mustReplace = reason;
      this.#log("info", { worker: slot.worker, reason }, "a worker process is replaced");
      return;
    }
  }

  #setDark(isDark: boolean): void {
    if (isDark === this.#isDark) return;
    this.#isDark = isDark;
    this.#actions.push({ type: "dark", isDark });
  }

  #slotOf(member: Member): Slot | undefined {
    return this.#slots.find(({ current, next }) => current === member || next === member);
  }

  #log(level: Log["level"], fields: Log["fields"], message: string): void {
    this.#actions.push({ type: "log", level, fields, message });
  }
}
