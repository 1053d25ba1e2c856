import { type FleetSettings, MIN_LIFETIME_MS, STABLE_MS } from "./settings.ts";

/** One process of a fleet, from its start to its end. */
export interface Member {
  readonly id: number;
  /** Its place: 1 to the number of processes. Its successor has the same. */
  readonly worker: number;
  readonly generation: number;
  readonly startedAt: number;
  /** `booting` until it is ready; the last three when it was told to stop, told to stop at once, or killed. */
  phase: "booting" | "serving" | "stopping" | "cut" | "killed";
  readyAt: number;
  /** When patience with it ends: it is killed. */
  deadline: number;
  /** Why it can not start, as it said itself. */
  failure: string | undefined;
  isStable: boolean;
  requests: number;
  rssBytes: number;
  readonly maxRequests: number;
  readonly maxLifetimeMs: number;
}

/** A process that is being started. @param chance - From 0 to 1: how much of the jitter it gets. */
export function newMember(
  { id, worker, generation }: { readonly id: number; readonly worker: number; readonly generation: number },
  settings: FleetSettings,
  { now, chance }: { readonly now: number; readonly chance: number },
): Member {
  const { maxRequests, maxRequestsJitter, maxLifetimeMs, bootTimeoutMs } = settings;
  return {
    id,
    worker,
    generation,
    startedAt: now,
    phase: "booting",
    readyAt: Number.POSITIVE_INFINITY,
    deadline: now + bootTimeoutMs,
    failure: undefined,
    isStable: false,
    requests: 0,
    rssBytes: 0,
    maxRequests:
      maxRequests === 0 ? Number.POSITIVE_INFINITY : maxRequests + Math.floor(chance * maxRequestsJitter),
    maxLifetimeMs: maxLifetimeMs === 0 ? Number.POSITIVE_INFINITY : maxLifetimeMs,
  };
}

/** Whether it was asked to end, so that its end is no surprise. */
export function isLeaving({ phase }: Member): boolean {
  return phase === "stopping" || phase === "cut" || phase === "killed";
}

/** Why a process that serves is to be replaced, if it is. */
export function recycleReason(member: Member, settings: FleetSettings, now: number): string | undefined {
  if (member.phase !== "serving") return undefined;
  if (member.requests >= member.maxRequests) return `it has answered ${member.requests} requests`;
  if (now - member.readyAt < MIN_LIFETIME_MS) return undefined;
  if (settings.maxRssBytes > 0 && member.rssBytes > settings.maxRssBytes) {
    return `it holds ${Math.round(member.rssBytes / 2 ** 20)} MiB`;
  }
  if (now - member.startedAt >= member.maxLifetimeMs)
    return `it is ${Math.round((now - member.startedAt) / 1000)} s old`;
  return undefined;
}

/** When time alone changes something about a process: its patience ends, it counts as stable, it is too old. */
export function nextMoment(member: Member): number {
  if (member.phase !== "serving") return member.deadline;
  const stableAt = member.isStable ? Number.POSITIVE_INFINITY : member.readyAt + STABLE_MS;
  const oldAt = Math.max(member.startedAt + member.maxLifetimeMs, member.readyAt + MIN_LIFETIME_MS);
  return Math.min(stableAt, oldAt);
}
