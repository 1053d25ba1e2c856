import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { CAMPAIGN_KINDS, type CampaignKind } from "../../protocol/conformance/fuzz/campaign.ts";
import { describeResult } from "../../protocol/conformance/fuzz/fuzz-report.ts";
import { runCampaign } from "../../protocol/conformance/fuzz/run-campaign.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import { ourCampaign } from "./campaigns.ts";
import { MemoryWatch } from "./memory.ts";
import { Subject } from "./subject.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    hang: { type: "string", default: "1000" },
    only: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(`npm run fuzz -- [--count 100000] [--seed 1] [--hang 1000] [--only packets|answers|requests]

Starts our worker and our front, each in a process of its own, and does with them what uwsgi-bridge conformance fuzz does with any.
The process must not grow by more than 20 MiB. --hang is in milliseconds. Exit code 1: a finding.`);
  process.exit(0);
}

const count = Number(values.count);
const directory = await temporaryDirectory();
try {
  const kinds = CAMPAIGN_KINDS.filter((kind) => values.only === undefined || values.only === kind);
  for (const kind of kinds) await fuzz(kind);
} finally {
  await rm(directory.path, { recursive: true, force: true });
}

async function fuzz(kind: CampaignKind): Promise<void> {
  const setting = { seed: Number(values.seed), hangMs: Number(values.hang), directory: directory.path };
  const { campaign, command, close } = await ourCampaign(kind, setting);
  let subject = await Subject.start(command);
  const memory = new MemoryWatch(count, () => subject.rssMib);
  try {
    const result = await runCampaign(campaign, {
      seed: setting.seed,
      runs: count,
      revive: async () => {
        await subject.stop();
        subject = await Subject.start(command);
      },
      onRun: (run) => {
        memory.onRun(run);
        if (run % 5000 === 0)
          process.stderr.write(`\r${kind}: ${run} of ${count}, ${subject.rssMib.toFixed(0)} MiB `);
      },
    });
    const { text, isTooMuch } = memory.result();
    console.log(`${describeResult(result)}\n  ${text}`);
    if (result.findings.length > 0 || isTooMuch) process.exitCode = 1;
  } finally {
    await subject.stop();
    await close();
  }
}
