import { describe, expect, test } from "vitest";
import type { ChildExit, FleetAction, FleetEvent } from "../../src/supervisor/rules/events.ts";
import { Fleet } from "../../src/supervisor/rules/fleet.ts";
import { FLEET_DEFAULTS, type FleetSettings } from "../../src/supervisor/rules/settings.ts";

/** What happens to a fleet, told in steps. */
export interface Story {
  readonly title: string;
  readonly settings?: Partial<FleetSettings>;
  readonly steps: readonly Step[];
}

/** A step of a story: an event, and what came of it, in short. */
export type Step = readonly [event: string, actions: readonly string[]];

/** How most stories begin. */
export const oneStarts: readonly Step[] = [
  ["start", ["spawn 1 w1 g1"]],
  ["ready 1", ["up"]],
];
export const twoProcesses: Partial<FleetSettings> = { processes: 2 };
export const twoStart: readonly Step[] = [
  ["start", ["spawn 1 w1 g1", "spawn 2 w2 g1"]],
  ["ready 2", []],
  ["ready 1", ["up"]],
];

/** Test that each step of each story leads to just these actions. */
export function tellStories(what: string, stories: readonly Story[]): void {
  describe(what, () => {
    test.each(stories)("$title", ({ settings, steps }) => {
      const story = new FleetStory(settings);
      for (const [event, actions] of steps) expect([event, story.tell(event)]).toEqual([event, actions]);
    });
  });
}

const CODE_3: ChildExit = { code: 3, signal: null };

/**
 * Tells a fleet a story. Events are words: `ready 1`, `exit 1`, `exit 1 SIGKILL`, `fail 1 reason`, `report 1 requests rssMiB`, `retire 1`,
 * `wait 1000` (to that moment exactly, no earlier tick), and the names of events without a process. Actions are words as well: `spawn 1 w1 g1`, `stop 1`,
 * `cut 1`, `kill 1`, `up`, `error: reason`, and other log lines are left out.
 */
export class FleetStory {
  readonly fleet: Fleet;
  now = 0;

  constructor(settings: Partial<FleetSettings> = {}, random: () => number = () => 0) {
    this.fleet = new Fleet({ ...FLEET_DEFAULTS, ...settings }, random);
  }

  tell(event: string): string[] {
    return this.actions(event).flatMap(words);
  }

  actions(event: string): FleetAction[] {
    const [name = "", ...rest] = event.split(" ");
    if (name === "wait") this.now += Number(rest[0]);
    return this.fleet.handle(eventOf(name, rest), this.now);
  }
}

function eventOf(name: string, rest: readonly string[]): FleetEvent {
  const id = Number(rest[0]);
  switch (name) {
    case "ready":
      return { type: "ready", id };
    case "exit":
      return {
        type: "exited",
        id,
        exit: rest[1] ? { code: null, signal: rest[1] as NodeJS.Signals } : CODE_3,
      };
    case "fail":
      return { type: "failed", id, reason: rest.slice(1).join(" ") };
    case "report":
      return { type: "report", id, requests: Number(rest[1]), rssBytes: Number(rest[2] ?? 0) * 2 ** 20 };
    case "retire":
      return { type: "retire", id, reason: "asked" };
    case "reload":
      return { type: "reload", reason: "asked" };
    case "stop":
      return { type: "stop", timeoutMs: Number(rest[0] ?? 30_000) };
    case "wait":
      return { type: "tick" };
    default:
      return { type: name as "start" | "grow" | "shrink" | "stop-now" };
  }
}

function words(action: FleetAction): string[] {
  switch (action.type) {
    case "spawn":
      return [`spawn ${action.id} w${action.worker} g${action.generation}`];
    case "stop":
    case "cut":
    case "kill":
      return [`${action.type} ${action.id}`];
    case "log":
      return action.level === "error" ? [`error: ${String(action.fields["reason"])}`] : [];
    case "dark":
      return [action.isDark ? "dark" : "light"];
    case "reloaded":
      return [action.isDone ? "reloaded" : "reload failed"];
    case "give-up":
      return [`give up: ${action.reason}`];
    default:
      return [action.type];
  }
}
