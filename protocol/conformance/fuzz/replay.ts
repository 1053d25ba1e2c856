import type { Campaign } from "./campaign.ts";

/** The campaign with this input in every run: to see whether a vector still shows what it showed. */
export function replaying(campaign: Campaign, input: Buffer): Campaign {
  return {
    kind: campaign.kind,
    ordinary: campaign.ordinary,
    inputOf: () => input,
    attempt: (bytes) => campaign.attempt(bytes),
    isAlive: () => campaign.isAlive(),
    reductions: (bytes) => campaign.reductions(bytes),
  };
}
