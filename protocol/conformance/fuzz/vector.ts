import { createHash } from "node:crypto";
import { CAMPAIGN_KINDS, type CampaignKind } from "./campaign.ts";
import type { Finding } from "./finding.ts";

/** An input in the form of `protocol/vectors`, and where it comes from. */
export interface FuzzVector {
  readonly name: string;
  readonly spec: string;
  /** Hex. Where a token goes stands `cft111111111111` or another of the places, as text. */
  readonly wire: string;
  readonly fuzz: {
    readonly kind: CampaignKind;
    readonly seed: number;
    readonly run: number;
    readonly failure: string;
    readonly detail: string;
    readonly isRepeated: boolean;
  };
}

const SECTIONS: Readonly<Record<CampaignKind, string>> = {
  packets: "protocol/README.md#2-header",
  answers: "protocol/README.md#51-the-head",
  requests: "protocol/README.md#35-vars-a-request-carries",
};

/** A finding as a vector. */
export function vectorOf({ kind, seed, run, failure, input, isRepeated }: Finding): FuzzVector {
  return {
    name: `${kind}, seed ${seed}, run ${run}: ${failure.message}`,
    spec: SECTIONS[kind],
    wire: input.toString("hex"),
    fuzz: { kind, seed, run, failure: failure.kind, detail: failure.detail, isRepeated },
  };
}

/** A name that is the same for the same finding: `packets-hang-1f3a9c.json`. */
export function vectorFileName({ kind, failure, input }: Finding): string {
  const digest = createHash("sha256").update(input).digest("hex").slice(0, 8);
  return `${kind}-${failure.kind}-${digest}.json`;
}

/**
 * The bytes of a vector file, and what they are.
 *
 * @throws Error that says what is missing.
 */
export function readVector(text: string): { readonly kind: CampaignKind; readonly input: Buffer } {
  const { wire, fuzz } = JSON.parse(text) as Partial<FuzzVector>;
  const kind = CAMPAIGN_KINDS.find((name) => name === fuzz?.kind);
  if (kind === undefined || typeof wire !== "string" || !/^ *([0-9a-f]{2} *)*$/.test(wire))
    throw new Error(
      "no vector of a fuzz run: it has the bytes as hex in wire, and what they are in fuzz.kind",
    );
  return { kind, input: Buffer.from(wire.replaceAll(" ", ""), "hex") };
}
