import { setTimeout as sleep } from "node:timers/promises";
import { requestBytes } from "./request-bytes.ts";
import type { WorkerContext } from "./worker-context.ts";

/** What the contract app remembers of one run of a case: calls, `close()` calls, blocks taken, and what else the route says. */
interface Counts {
  readonly calls: number;
  readonly closes: number;
  readonly blocks: number;
  readonly note: string;
}

/** What the counts must be like when the exchange is over. */
export interface CountsCheck {
  readonly expected: string;
  holds(counts: Counts): boolean;
}

/** What the application was asked to do may take this long to be done with. */
const SETTLE_MS = 3000;
const LOOK_EVERY_MS = 50;

export const notCalled: CountsCheck = {
  expected: "the application is not called",
  holds: ({ calls }) => calls === 0,
};

export const closedOnce: CountsCheck = {
  expected: "close() called exactly once",
  holds: ({ closes }) => closes === 1,
};

/** Ask the contract app until the counts are right or time is up. @returns what is wrong with them, if anything */
export async function countsFault(context: WorkerContext, wanted: CountsCheck): Promise<string | undefined> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const counts = await readCounts(context);
    if (wanted.holds(counts)) return undefined;
    if (performance.now() > deadline) return JSON.stringify(counts);
    await sleep(LOOK_EVERY_MS);
  }
}

/** @throws when the contract app does not answer with counts. */
async function readCounts(context: WorkerContext): Promise<Counts> {
  const answer = await context.exchange(requestBytes({ path: "/counts/{token}" }, context.token));
  const counts: unknown = JSON.parse(answer.text);
  if (!isCounts(counts)) throw new Error(`/counts answered ${answer.text}`);
  return counts;
}

function isCounts(value: unknown): value is Counts {
  return typeof value === "object" && value !== null && "calls" in value && "closes" in value;
}
