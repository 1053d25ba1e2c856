import { randomUUID } from "node:crypto";
import type { Answer } from "./answer.ts";
import { Conversation } from "./conversation.ts";
import { describeAnswer } from "./describe-answer.ts";
import { requestBytes } from "./request-bytes.ts";
import type { WorkerTarget } from "./worker-target.ts";

/** The version of the contract these cases are written for. */
const CONTRACT_VERSION = 1;
/** Enough to reach every process of a server that has several. */
const CALLS = 16;

/** What the contract app says of itself at `/contract`. */
export interface Contract {
  readonly contract: number;
  /** As in `WSGI, Python 3.11`. */
  readonly language: string;
  /** The first segments of the paths it serves. */
  readonly routes: readonly string[];
}

/**
 * Ask whether the contract app is there, in one process.
 *
 * @throws {@link Error} that says what was found instead and what to do.
 */
export async function probeContract(target: WorkerTarget, timeoutMs: number): Promise<Contract> {
  const answer = await ask(target, timeoutMs, "/contract");
  const contract = parseContract(answer.text);
  if (answer.status !== 200 || contract === undefined) {
    throw new Error(
      `the server does not run the contract app: to /contract it answered ${describeAnswer(answer)}. ` +
        "Start it with an app of protocol/contract-app; its README says how",
    );
  }
  if (contract.contract !== CONTRACT_VERSION) {
    throw new Error(
      `the contract app is of version ${contract.contract}, the cases are of version ${CONTRACT_VERSION}`,
    );
  }
  if (contract.routes.includes("call") && !(await hasOneMemory(target, timeoutMs))) {
    throw new Error("the contract app counts differently each time it is asked: run it in one process");
  }
  return contract;
}

/** Whether what some requests counted is what all others see. */
async function hasOneMemory(target: WorkerTarget, timeoutMs: number): Promise<boolean> {
  const token = randomUUID();
  const together = (path: string): Promise<readonly Answer[]> =>
    Promise.all(Array.from({ length: CALLS }, () => ask(target, timeoutMs, path)));
  await together(`/call/${token}`);
  const counts = await together(`/counts/${token}`);
  return counts.every(({ text }) => new RegExp(`"calls": ?${CALLS}\\b`).test(text));
}

async function ask(target: WorkerTarget, timeoutMs: number, path: string): Promise<Answer> {
  const { signal } = new AbortController();
  const conversation = await Conversation.open(target, { signal, timeoutMs });
  const heard = conversation.answer();
  await conversation.write([requestBytes({ path }, "").bytes]);
  return heard;
}

function parseContract(text: string): Contract | undefined {
  try {
    const value = JSON.parse(text) as Partial<Contract> | null;
    return Array.isArray(value?.routes) && typeof value.contract === "number"
      ? (value as Contract)
      : undefined;
  } catch {
    return undefined;
  }
}
