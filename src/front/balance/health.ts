/** When a server counts as down, and as up again. */
export interface HealthRules {
  /** Failures in a row, no answer between them, after which no requests are sent; 0: never. */
  readonly maxFails: number;
  /** How long none are sent then. */
  readonly failTimeoutMs: number;
  /** Failed checks in a row, and passed ones, that change the verdict of the checks. */
  readonly healthFails: number;
  readonly healthPasses: number;
}

/** What is known of the health of a server. */
export interface Health {
  /**
   * `up`: gets requests. `down`: gets none for the time being. `probing`: one request is to show whether it is up again. `sick`: its checks
   * fail.
   */
  readonly state: "up" | "down" | "probing" | "sick";
  /** Requests that failed in a row. */
  readonly fails: number;
  /** The last of them. */
  readonly failedAtMs: number;
  /** Checks in a row that went against {@link state}. */
  readonly checks: number;
  /** When it became up after it was not; -Infinity: it always was. */
  readonly upSinceMs: number;
}

/** What happened to a server. */
export type HealthEvent =
  /** A request failed: {@link countsAsFailure}. */
  | "failed"
  /** A request was answered. */
  | "succeeded"
  /** The request that is to show whether it is up is on its way. */
  | "probed"
  /** That request ended without a verdict: its client left. */
  | "unproven"
  | "check-failed"
  | "check-passed";

/** Of a server about which nothing is known. */
export const HEALTHY: Health = {
  state: "up",
  fails: 0,
  failedAtMs: Number.NEGATIVE_INFINITY,
  checks: 0,
  upSinceMs: Number.NEGATIVE_INFINITY,
};

/** Part of its weight that a server has at once. */
const COLD = 0.01;

/**
 * The health after an event. The same object when nothing changes.
 *
 * @param nowMs - On a clock that never goes back.
 */
export function nextHealth(health: Health, event: HealthEvent, nowMs: number, rules: HealthRules): Health {
  switch (event) {
    case "failed":
      return afterFailure(health, nowMs, rules);
    case "succeeded":
      return afterSuccess(health, nowMs);
    case "probed":
      return health.state === "down" ? { ...health, state: "probing" } : health;
    case "unproven":
      return health.state === "probing" ? { ...health, state: "down" } : health;
    case "check-failed":
      return afterFailedCheck(health, rules);
    case "check-passed":
      return afterPassedCheck(health, nowMs, rules);
  }
}

/** Whether a request may be sent. To one that is `down` it is the probe. */
export function isUsable(health: Health, nowMs: number, { failTimeoutMs }: HealthRules): boolean {
  switch (health.state) {
    case "up":
      return true;
    case "down":
      return nowMs - health.failedAtMs >= failTimeoutMs;
    case "probing":
    case "sick":
      return false;
  }
}

/** Part of its weight that a server has: rises from a little to all of it during its slow start. */
export function warmth(health: Health, nowMs: number, slowStartMs: number): number {
  const elapsedMs = nowMs - health.upSinceMs;
  return elapsedMs >= slowStartMs ? 1 : Math.max(COLD, elapsedMs / slowStartMs);
}

function afterFailure(health: Health, nowMs: number, { maxFails }: HealthRules): Health {
  const fails = health.fails + 1;
  const failed: Health = { ...health, fails, failedAtMs: nowMs };
  if (health.state === "sick" || maxFails === 0) return failed;
  return health.state !== "up" || fails >= maxFails ? { ...failed, state: "down" } : failed;
}

function afterSuccess(health: Health, nowMs: number): Health {
  if (health.state === "up") return health.fails === 0 ? health : { ...health, fails: 0 };
  // Down: a request from before the failures. Sick: its checks know better, it was asked because all others are down as well.
  return health.state === "probing" ? { ...HEALTHY, upSinceMs: nowMs } : health;
}

function afterFailedCheck(health: Health, { healthFails }: HealthRules): Health {
  if (health.state === "sick") return health.checks === 0 ? health : { ...health, checks: 0 };
  const checks = health.checks + 1;
  return checks >= healthFails ? { ...health, state: "sick", checks: 0 } : { ...health, checks };
}

function afterPassedCheck(health: Health, nowMs: number, { healthPasses }: HealthRules): Health {
  if (health.state !== "sick") return health.checks === 0 ? health : { ...health, checks: 0 };
  const checks = health.checks + 1;
  return checks >= healthPasses ? { ...HEALTHY, upSinceMs: nowMs } : { ...health, checks };
}
