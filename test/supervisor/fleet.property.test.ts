import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChildExit, FleetAction, FleetEvent } from "../../src/supervisor/rules/events.ts";
import { Fleet } from "../../src/supervisor/rules/fleet.ts";
import { FLEET_DEFAULTS } from "../../src/supervisor/rules/settings.ts";

type Life = {
  readonly worker: number;
  readonly generation: number;
  phase: "booting" | "serving" | "leaving";
};

/** Something that may happen to a fleet; `pick` chooses the process it happens to among those that live. */
interface Happening {
  readonly what: "ready" | "die" | "report" | "retire" | "reload" | "grow" | "shrink" | "wait";
  readonly pick: number;
  readonly waitMs: number;
}

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom(
    "ready",
    "ready",
    "ready",
    "die",
    "report",
    "retire",
    "reload",
    "grow",
    "shrink",
    "wait",
    "wait",
  ),
  pick: fc.nat(100),
  waitMs: fc.constantFrom(0, 10, 1000, 5000, 40_000),
});

const EXIT: ChildExit = { code: 1, signal: null };

/** Carries out what a fleet asks for on processes that are only numbers, and checks what must hold at every step. */
class World {
  readonly lives = new Map<number, Life>();
  readonly ends: string[] = [];
  processes: number;
  isStopping = false;
  readonly #fleet: Fleet;
  #now = 0;

  constructor(processes: number) {
    this.processes = processes;
    this.#fleet = new Fleet(
      { ...FLEET_DEFAULTS, processes, maxRequests: 10, survivesFirstFailure: true },
      () => 0,
    );
  }

  handle(event: FleetEvent): void {
    for (const action of this.#fleet.handle(event, this.#now)) this.#carryOut(action, event);
    expect(this.#fleet.wakeAt(this.#now)).toBeGreaterThan(this.#now);
  }

  happen({ what, pick, waitMs }: Happening): void {
    const ids = [...this.lives.keys()];
    const id = ids[pick % Math.max(ids.length, 1)] ?? 0;
    const life = this.lives.get(id);
    if (what === "wait") {
      this.#now += waitMs;
      this.handle({ type: "tick" });
    } else if (what === "reload") this.handle({ type: "reload", reason: "asked" });
    else if (what === "grow" || what === "shrink") this.#resize(what);
    else if (!life) return;
    else if (what === "ready") {
      if (life.phase !== "booting") return;
      life.phase = "serving";
      this.handle({ type: "ready", id });
    } else if (what === "die") this.end(id);
    else if (what === "report") this.handle({ type: "report", id, requests: pick, rssBytes: 0 });
    else this.handle({ type: "retire", id, reason: "asked" });
  }

  end(id: number): void {
    this.lives.delete(id);
    this.handle({ type: "exited", id, exit: EXIT });
  }

  /** With time and without trouble all places fill again. */
  calm(): void {
    for (let turn = 0; turn < 8; turn += 1) {
      for (const [id, { phase }] of [...this.lives]) if (phase === "leaving") this.end(id);
      for (const [index, id] of [...this.lives.keys()].entries()) {
        if (this.lives.get(id)?.phase === "booting") this.happen({ what: "ready", pick: index, waitMs: 0 });
      }
      this.happen({ what: "wait", pick: 0, waitMs: 15_000 });
    }
  }

  #resize(what: "grow" | "shrink"): void {
    this.processes = what === "grow" ? this.processes + 1 : Math.max(1, this.processes - 1);
    this.handle({ type: what });
  }

  #carryOut(action: FleetAction, event: FleetEvent): void {
    switch (action.type) {
      case "spawn": {
        expect(this.isStopping).toBe(false);
        expect(action.worker).toBeLessThanOrEqual(this.processes);
        // At most one more in a place than the one that serves there, and one such place at a time.
        const others = [...this.lives.values()].filter(({ phase }) => phase !== "leaving");
        expect(others.filter(({ worker }) => worker === action.worker).length).toBeLessThanOrEqual(1);
        this.lives.set(action.id, { worker: action.worker, generation: action.generation, phase: "booting" });
        expect(this.replacements()).toBeLessThanOrEqual(1);
        break;
      }
      case "stop": {
        const life = this.lives.get(action.id);
        expect(life?.phase).toBe("serving");
        // Nobody stops before a successor serves, unless there is to be none.
        const hasSuccessor = [...this.lives].some(
          ([id, { worker, phase }]) => id > action.id && worker === life?.worker && phase === "serving",
        );
        expect(hasSuccessor || this.isStopping || event.type === "shrink").toBe(true);
        if (life) life.phase = "leaving";
        break;
      }
      case "cut":
      case "kill": {
        const life = this.lives.get(action.id);
        if (life) life.phase = "leaving";
        break;
      }
      case "down":
      case "give-up":
        this.ends.push(action.type);
        break;
      default:
    }
  }

  replacements(): number {
    const alive = [...this.lives.values()].filter(({ phase }) => phase !== "leaving");
    return alive.filter(
      ({ worker, phase }) =>
        phase === "booting" && alive.some((other) => other.worker === worker && other.phase === "serving"),
    ).length;
  }

  /** What serves, or is on its way, in each place. */
  places(): Set<number> {
    return new Set(
      [...this.lives.values()].filter(({ phase }) => phase !== "leaving").map(({ worker }) => worker),
    );
  }
}

test("whatever happens: successors first, one at a time, no place left empty, and an end that comes once", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(happening, { maxLength: 60 }),
      fc.boolean(),
      (processes, story, isHurried) => {
        const world = new World(processes);
        world.handle({ type: "start" });
        for (const each of story) world.happen(each);
        world.calm();
        expect([...world.places()].sort()).toEqual(
          Array.from({ length: world.processes }, (_, index) => index + 1),
        );
        world.isStopping = true;
        world.handle(isHurried ? { type: "stop-now" } : { type: "stop", timeoutMs: 1000 });
        for (const id of [...world.lives.keys()]) world.end(id);
        world.handle({ type: "stop-now" });
        expect(world.ends).toEqual(["down"]);
      },
    ),
    { numRuns: 500 },
  );
});
