import type { Campaign } from "./campaign.ts";
import { FuzzFailure } from "./fuzz-failure.ts";

/** What is expected of a subject before it is worth fuzzing. */
const REMEDIES = {
  packets: "start it with an app of protocol/contract-app; its README says how",
  answers: "the front must pass requests on to --listen",
  requests: "the front must pass requests on to --listen",
} as const;

/** @throws Error that says what to do when the subject is not there, or does not do what it is there for. */
export async function checkOrdinary(campaign: Campaign): Promise<void> {
  try {
    await campaign.attempt(campaign.ordinary);
  } catch (error) {
    if (!(error instanceof FuzzFailure)) throw error;
    const { kind, message, detail } = error;
    if (kind === "crash") throw new Error(`nobody accepts connections: ${detail}`);
    throw new Error(`${message}${detail === "" ? "" : ` (${detail})`}: ${REMEDIES[campaign.kind]}`);
  }
}
