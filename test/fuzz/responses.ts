import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { PacketDecoder } from "../../src/codec/packet-decoder.ts";
import { converseHttp, type HttpConversation } from "../support/raw-http.ts";
import { type CampaignResult, runCampaign, within } from "./campaign.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { Subject } from "./subject.ts";

const SEEDS = [
  "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\ntoken TOKEN!",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ntoken \r\n6;a=b\r\nTOKEN!\r\n0\r\nX-T: 1\r\n\r\n",
  "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\ntoken TOKEN!",
  "Status: 404 Not Found\r\nContent-Type: text/html\r\n\r\ntoken TOKEN!",
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n",
] as const;
const HANG_MS = 3000;
const READ_TIMEOUT_MS = 300;

/** Mutated answers of a worker: the front must give its client one clean answer, or break off, and go on. */
export async function fuzzResponses(count: number, seed: number, directory: string): Promise<CampaignResult> {
  const path = join(directory, "responses.sock");
  const inputOf = (index: number): Buffer => {
    const random = new Random(seed + index * 7919);
    const text = random.pick(SEEDS).replace("TOKEN", tokenOf(index));
    return mutate(Buffer.from(text, "latin1"), random);
  };
  const worker = await startMutatingWorker(path, inputOf);
  const port = 20_000 + (process.pid % 20_000);
  const subject = await Subject.start([
    "front",
    ...["--to", `unix:${path}`, "--http", `127.0.0.1:${port}`],
    ...["--read-timeout", `${READ_TIMEOUT_MS}ms`, "--log-level", "silent"],
  ]);
  try {
    return await runCampaign("mutated answers to the front", {
      subject,
      count,
      describe: (index) => JSON.stringify(inputOf(index).toString("latin1")),
      tryInput: async (index) => {
        const heard = converseHttp(
          { type: "tcp", host: "127.0.0.1", port },
          `GET /${index} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n`,
          { quietMs: HANG_MS },
        );
        return judge(await within(heard, HANG_MS + 500, "the front neither answered nor closed"), index);
      },
    });
  } finally {
    await subject.stop();
    worker.close();
  }
}

/** Five letters that no other answer of the campaign carries. */
function tokenOf(index: number): string {
  return index.toString(36).padStart(5, "0");
}

function judge({ answers, end }: HttpConversation, index: number): string {
  if (end === "open") throw new Error("the front left the connection open without an answer");
  if (answers.length === 0) return "aborted";
  if (answers.length > 1) throw new Error(`${answers.length} answers to one request`);
  const [answer] = answers;
  if (!answer) return "aborted";
  const [, token] = /token (\w{5})!$/.exec(answer.body) ?? [];
  // A mutation may change the token, but hardly into that of a request in flight.
  if (token !== undefined && Math.abs(Number.parseInt(token, 36) - index) < 100 && token !== tokenOf(index)) {
    const isOneChange = [...token].filter((letter, at) => letter !== tokenOf(index)[at]).length === 1;
    if (!isOneChange) throw new Error(`the answer carries the token ${token} of another request`);
  }
  return answer.isComplete ? String(answer.status) : "aborted";
}

function startMutatingWorker(path: string, inputOf: (index: number) => Buffer): Promise<Server> {
  const server = createServer((socket) => {
    const decoder = new PacketDecoder();
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      decoder.receive(chunk);
      const event = decoder.next();
      if (event.type !== "packet") return;
      const uri = event.vars.find(([name]) => name === "REQUEST_URI")?.[1] ?? "";
      socket.end(inputOf(Number(uri.slice(1))));
    });
  });
  return new Promise((resolve) => server.listen(path, 1024, () => resolve(server)));
}
