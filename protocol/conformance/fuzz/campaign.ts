/** What is mutated. */
export type CampaignKind = "packets" | "answers" | "requests";

export const CAMPAIGN_KINDS: readonly CampaignKind[] = ["packets", "answers", "requests"];

/** One kind of input for one subject. Inputs are bytes with places for tokens; the attempt puts the tokens in. */
export interface Campaign {
  readonly kind: CampaignKind;
  /** An input that every subject takes. */
  readonly ordinary: Buffer;
  /** The input with this number: the same for the same seed. */
  inputOf(run: number): Buffer;
  /**
   * Send an input and judge what comes back.
   *
   * @returns The kind of answer, for a table.
   * @throws {@link FuzzFailure} for one that must not be.
   */
  attempt(input: Buffer): Promise<string>;
  /** Whether the subject accepts connections. */
  isAlive(): Promise<boolean>;
  /** Smaller inputs of the same form, the smallest first. None where bytes can be left out anywhere. */
  reductions(input: Buffer): Iterable<Buffer>;
}
