import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Campaign, CampaignKind } from "../../protocol/conformance/fuzz/campaign.ts";
import { frontCampaigns } from "../../protocol/conformance/fuzz/front-campaigns.ts";
import { PacketCampaign } from "../../protocol/conformance/fuzz/packet-campaign.ts";
import { runCampaign } from "../../protocol/conformance/fuzz/run-campaign.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import { freePort } from "../support/ports.ts";
import { startContractWorker } from "./contract-worker.ts";
import { startOurFront } from "./front-subject.ts";

/** More of them, in processes of their own, is what `npm run fuzz:ci` sends. */
const RUNS = 500;
const SETTING = { seed: 1, hangMs: 5000 };

test.each(["tcp", "unix"] as const)("mutated packets to our worker over %s", async (transport) => {
  const worker = await startContractWorker(transport);
  await expectNothing(new PacketCampaign({ worker, ...SETTING }));
});

test.each<[CampaignKind, "tcp" | "unix"]>([
  ["answers", "tcp"],
  ["answers", "unix"],
  ["requests", "tcp"],
  ["requests", "unix"],
])("mutated %s to our front before a worker over %s", async (kind, transport) => {
  const directory = await temporaryDirectory();
  const tcp = { type: "tcp", host: "127.0.0.1", port: await freePort() } as const;
  const endpoint =
    transport === "tcp" ? tcp : ({ type: "unix", path: join(directory.path, "w.sock") } as const);
  const front = await startOurFront(endpoint);
  const { campaigns, close } = await frontCampaigns(endpoint, { front, ...SETTING });
  onTestFinished(async () => {
    await close();
    await directory.remove();
  });
  for (const campaign of campaigns) if (campaign.kind === kind) await expectNothing(campaign);
});

async function expectNothing(campaign: Campaign): Promise<void> {
  const { findings, runs, answers } = await runCampaign(campaign, { seed: SETTING.seed, runs: RUNS });
  expect(findings.map(({ failure, input }) => [failure.signature, input.toString("latin1")])).toEqual([]);
  expect(runs).toBe(RUNS);
  expect(answers["200"]).toBeGreaterThan(RUNS / 10);
}
