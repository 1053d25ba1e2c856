import { join } from "node:path";
import { connectTo, listenTo, requestBytes, statusOf } from "../support/raw-peer.ts";
import { type CampaignResult, runCampaign, within } from "./campaign.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { Subject } from "./subject.ts";

const SEEDS = [
  requestBytes(),
  requestBytes({ REQUEST_METHOD: "POST", CONTENT_LENGTH: "5", CONTENT_TYPE: "text/plain" }, "hello"),
  requestBytes({ HTTP_COOKIE: "a=1", HTTP_X_A: "", SCRIPT_NAME: "/app", PATH_INFO: "/app/x", HTTPS: "on" }),
  requestBytes({ REQUEST_METHOD: "POST", HTTP_TRANSFER_ENCODING: "chunked" }, "5\r\nhello\r\n0\r\n\r\n"),
  Buffer.from("64000000", "hex"),
] as const;
/** Longer than the worker's own limits below, so that a hang is told from a slow answer. */
const HANG_MS = 3000;

/** Mutated packets against a worker: it must answer or close each, and go on. */
export async function fuzzPackets(count: number, seed: number, directory: string): Promise<CampaignResult> {
  const path = join(directory, "packets.sock");
  const subject = await Subject.start([
    "worker",
    "test/fuzz/token-app.ts",
    ...["--socket", `unix:${path}`, "--chunked-input", "--half-open"],
    ...["--header-timeout", "200ms", "--body-timeout", "200ms", "--log-level", "silent"],
  ]);
  const inputOf = (index: number): Buffer => {
    const random = new Random(seed + index * 7919);
    return mutate(random.pick(SEEDS), random);
  };
  try {
    return await runCampaign("mutated packets to the worker", {
      subject,
      count,
      describe: (index) => inputOf(index).toString("hex"),
      tryInput: async (index) => {
        const socket = connectTo({ type: "unix", path });
        const heard = listenTo(socket);
        socket.end(inputOf(index));
        try {
          const { text } = await within(heard, HANG_MS, "the worker neither answered nor closed");
          return String(statusOf(text));
        } finally {
          socket.destroy();
        }
      },
    });
  } finally {
    await subject.stop();
  }
}
