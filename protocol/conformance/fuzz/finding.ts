import type { CampaignKind } from "./campaign.ts";
import type { FuzzFailure } from "./fuzz-failure.ts";

/** A fault that a campaign found. */
export interface Finding {
  readonly kind: CampaignKind;
  readonly seed: number;
  /** The run whose input shows it. */
  readonly run: number;
  readonly failure: FuzzFailure;
  /** The smallest input found that shows it; that of the run when it showed itself only once. */
  readonly input: Buffer;
  /** Sent again on its own, the input did the same. */
  readonly isRepeated: boolean;
  /** How often something like it was seen. */
  times: number;
}

/** What one campaign came to. */
export interface CampaignResult {
  readonly kind: CampaignKind;
  readonly seed: number;
  readonly runs: number;
  readonly seconds: number;
  /** How often each kind of answer came. */
  readonly answers: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}
