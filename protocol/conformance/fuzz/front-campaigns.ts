import type { ListenOptions } from "node:net";
import { AnswerCampaign } from "./answer-campaign.ts";
import type { Campaign } from "./campaign.ts";
import type { FrontSetting } from "./front-setting.ts";
import { FuzzWorker } from "./fuzz-worker.ts";
import { RequestCampaign } from "./request-campaign.ts";

/** Both campaigns of a front, and the worker they share. */
export interface FrontCampaigns {
  readonly campaigns: readonly Campaign[];
  /** The address the worker listens on. */
  readonly address: FuzzWorker["address"];
  close(): Promise<void>;
}

/**
 * Listen where the front looks for its worker.
 *
 * @throws Error of the system when the address can not be listened on.
 */
export async function frontCampaigns(
  listen: ListenOptions,
  setting: Omit<FrontSetting, "worker">,
): Promise<FrontCampaigns> {
  const worker = await FuzzWorker.listen(listen);
  const whole = { ...setting, worker };
  return {
    campaigns: [new AnswerCampaign(whole), new RequestCampaign(whole)],
    address: worker.address,
    close: () => worker.close(),
  };
}
