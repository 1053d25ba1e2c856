import { expect, test } from "vitest";
import { PacketCampaign } from "../../protocol/conformance/fuzz/packet-campaign.ts";
import { readPacket } from "../../protocol/conformance/fuzz/packet-reductions.ts";
import { replaying } from "../../protocol/conformance/fuzz/replay.ts";
import { type CampaignOptions, runCampaign } from "../../protocol/conformance/fuzz/run-campaign.ts";
import { BuggyWorker, type WorkerBug } from "./buggy-worker.ts";

const SEED = 1;

test.each<{ bug: WorkerBug; kind: string; maxBytes: number; has: string }>([
  { bug: "crash", kind: "crash", maxBytes: 40, has: "\xff" },
  { bug: "hang", kind: "hang", maxBytes: 40, has: "CONTENT_LENGTH" },
  { bug: "leak", kind: "wrong-token", maxBytes: 8, has: "" },
  { bug: "tokenless", kind: "wrong-token", maxBytes: 60, has: "PATH_INFO" },
  { bug: "injection", kind: "invalid-http", maxBytes: 40, has: "REQUEST_METHOD" },
])("a worker with a $bug is found, and the input made small", async ({ bug, kind, maxBytes, has }) => {
  const worker = await BuggyWorker.start(bug);
  const campaign = campaignFor(worker);
  const { findings } = await runCampaign(campaign, options(worker, { runs: 3000 }));
  const found = findings.find(({ failure }) => failure.kind === kind);
  expect(new Set(findings.map(({ failure }) => failure.kind))).toEqual(new Set([kind]));
  expect(found).toMatchObject({ isRepeated: true, seed: SEED });
  if (!found) return;
  expect(found.input.toString("latin1")).toContain(has);
  expect(found.input.length).toBeLessThanOrEqual(maxBytes);
  expect(readPacket(found.input)).toBeDefined();

  // Seed and run number are all it takes to see it again, and so is the small input.
  const one = { first: found.run, runs: 1, shrinkMs: 0 };
  for (const again of [campaignFor(worker), replaying(campaignFor(worker), found.input)]) {
    const result = await runCampaign(again, options(worker, one));
    expect(result.findings.map(({ failure }) => failure.signature)).toEqual([found.failure.signature]);
  }
});

test("a worker without a bug has none", async () => {
  const worker = await BuggyWorker.start();
  const { findings, runs } = await runCampaign(campaignFor(worker), options(worker, { runs: 3000 }));
  expect({ findings, runs }).toEqual({ findings: [], runs: 3000 });
});

test("a worker that is not started again ends the campaign", async () => {
  const worker = await BuggyWorker.start("crash");
  const { findings, runs } = await runCampaign(campaignFor(worker), {
    seed: SEED,
    runs: 3000,
    reviveMs: 100,
  });
  expect(findings).toMatchObject([{ failure: { kind: "crash" }, isRepeated: false }]);
  expect(runs).toBeLessThan(3000);
});

function campaignFor(worker: BuggyWorker): PacketCampaign {
  return new PacketCampaign({ worker: { path: worker.path }, seed: SEED, hangMs: 300 });
}

function options(worker: BuggyWorker, range: Partial<CampaignOptions>): CampaignOptions {
  return { seed: SEED, shrinkMs: 2000, maxFindings: 1, ...range, revive: () => worker.start() };
}
