import { join } from "node:path";
import { AnswerCampaign } from "../../protocol/conformance/fuzz/answer-campaign.ts";
import type { Campaign, CampaignKind } from "../../protocol/conformance/fuzz/campaign.ts";
import { FuzzWorker } from "../../protocol/conformance/fuzz/fuzz-worker.ts";
import { PacketCampaign } from "../../protocol/conformance/fuzz/packet-campaign.ts";
import { RequestCampaign } from "../../protocol/conformance/fuzz/request-campaign.ts";
import { freePort } from "../support/ports.ts";

/** A campaign against one of our commands, which is yet to be started. */
export interface OurCampaign {
  readonly campaign: Campaign;
  readonly command: readonly string[];
  close(): Promise<void>;
}

interface Setting {
  readonly seed: number;
  readonly hangMs: number;
  readonly directory: string;
}

/** What `npm run fuzz` does with our worker and our front. */
export async function ourCampaign(kind: CampaignKind, setting: Setting): Promise<OurCampaign> {
  const { seed, hangMs, directory } = setting;
  const path = join(directory, `${kind}.sock`);
  const quiet = ["--log-level", "silent"];
  if (kind === "packets") {
    return {
      campaign: new PacketCampaign({ worker: { path }, seed, hangMs }),
      command: ["worker", "protocol/contract-app/app.ts", "--socket", `unix:${path}`, ...quiet],
      close: async () => undefined,
    };
  }
  const worker = await FuzzWorker.listen({ path });
  const port = await freePort();
  const front = { host: "127.0.0.1", port, base: "" };
  return {
    campaign: new (kind === "answers" ? AnswerCampaign : RequestCampaign)({ front, worker, seed, hangMs }),
    command: ["front", "--to", `unix:${path}`, "--http", `127.0.0.1:${port}`, ...quiet],
    close: () => worker.close(),
  };
}
