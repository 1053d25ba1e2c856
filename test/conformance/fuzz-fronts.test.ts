import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { CampaignKind } from "../../protocol/conformance/fuzz/campaign.ts";
import type { CampaignResult } from "../../protocol/conformance/fuzz/finding.ts";
import { frontCampaigns } from "../../protocol/conformance/fuzz/front-campaigns.ts";
import { replaying } from "../../protocol/conformance/fuzz/replay.ts";
import { runCampaign } from "../../protocol/conformance/fuzz/run-campaign.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import { CarelessFront, type FrontBug } from "./careless-front.ts";

const SEED = 1;
const RUNS = 1500;

test.each<{ bug: FrontBug; in: CampaignKind; kind: string; maxBytes: number }>([
  { bug: "crash", in: "requests", kind: "crash", maxBytes: 1 },
  { bug: "hang", in: "requests", kind: "hang", maxBytes: 100 },
  { bug: "leak", in: "requests", kind: "wrong-token", maxBytes: 30 },
  { bug: "smuggling", in: "requests", kind: "desync", maxBytes: 150 },
  { bug: "trust", in: "answers", kind: "invalid-http", maxBytes: 4 },
  { bug: "desync", in: "answers", kind: "invalid-http", maxBytes: 60 },
])("a front with a bug of the kind $bug is found, and the input made small", async (row) => {
  const subject = await startSubject(row.bug, row.in);
  const { findings } = await subject.run(RUNS);
  const found = findings.find(({ failure }) => failure.kind === row.kind);
  expect(found, JSON.stringify(findings.map(({ failure }) => failure.signature))).toMatchObject({
    isRepeated: true,
    seed: SEED,
  });
  expect(found?.input.length).toBeLessThanOrEqual(row.maxBytes);
  const again = await subject.run(1, found?.input);
  expect(again.findings.map(({ failure }) => failure.kind)).toContain(row.kind);
});

test.each<CampaignKind>(["answers", "requests"])("a front without a bug has none in %s", async (kind) => {
  const { run } = await startSubject(undefined, kind);
  const { findings, runs } = await run(RUNS);
  expect(findings.map(({ failure, input }) => [failure.signature, input.toString("latin1")])).toEqual([]);
  expect(runs).toBe(RUNS);
});

interface Subject {
  run(runs: number, input?: Buffer): Promise<CampaignResult>;
}

async function startSubject(bug: FrontBug | undefined, kind: CampaignKind): Promise<Subject> {
  const directory = await temporaryDirectory();
  const path = join(directory.path, "worker.sock");
  const front = await CarelessFront.start(path, bug);
  const { campaigns, close } = await frontCampaigns(
    { path },
    { front: front.address, seed: SEED, hangMs: 400 },
  );
  onTestFinished(async () => {
    await close();
    await directory.remove();
  });
  const campaign = campaigns.find((one) => one.kind === kind);
  if (!campaign) throw new Error(`no campaign for ${kind}`);
  return {
    run: (runs, input) =>
      runCampaign(input ? replaying(campaign, input) : campaign, {
        seed: SEED,
        runs,
        shrinkMs: input ? 0 : 2000,
        maxFindings: 1,
        revive: () => front.start(),
      }),
  };
}
