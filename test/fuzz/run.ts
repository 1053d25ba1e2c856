import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { temporaryDirectory } from "../support/endpoints.ts";
import type { CampaignResult } from "./campaign.ts";
import { fuzzPackets } from "./packets.ts";
import { fuzzResponses } from "./responses.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(`npm run fuzz -- [--count 100000] [--seed 1] [--only packets|responses]

Sends mutated packets to a worker process and mutated answers to a front process. Every input must be answered or
refused, in time; the process must neither end nor grow. The same seed gives the same inputs. Exit code 1: a finding.`);
  process.exit(0);
}

const campaigns = { packets: fuzzPackets, responses: fuzzResponses };
const directory = await temporaryDirectory();
const results: CampaignResult[] = [];
for (const [name, run] of Object.entries(campaigns)) {
  if (values.only === undefined || values.only === name) {
    results.push(await run(Number(values.count), Number(values.seed), directory.path));
  }
}
await rm(directory.path, { recursive: true, force: true });

for (const { name, inputs, seconds, answers, rssBeforeMib, rssAfterMib, findings } of results) {
  const kinds = Object.entries(answers).map(([kind, times]) => `${kind} ${times}`);
  console.log(`${name}, seed ${values.seed}`);
  console.log(
    `  ${inputs} inputs in ${seconds.toFixed(1)} s, memory ${rssBeforeMib.toFixed(0)} -> ${rssAfterMib.toFixed(0)} MiB`,
  );
  console.log(`  answers: ${kinds.join(", ")}`);
  for (const { input, what } of findings.slice(0, 20)) console.log(`  FOUND ${what}\n    input: ${input}`);
  console.log(`  ${findings.length} findings`);
}
process.exitCode = results.some(({ findings }) => findings.length > 0) ? 1 : 0;
