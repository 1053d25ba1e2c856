import { Agent, get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { HELLO, HELLO_PATH } from "./hello.ts";

/** Whether a subject answers as all of them must. */
export type Answer =
  | { readonly isRight: true; readonly keepsAlive: boolean }
  | { readonly isRight: false; readonly why: string };

const START_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 5000;
const RETRY_MS = 50;
const where = { host: "127.0.0.1", path: HELLO_PATH, timeout: REQUEST_TIMEOUT_MS };

/** Ask until the right answer comes, somebody gives up, or it takes too long. */
export async function waitForAnswer(port: number, hasFailed: () => boolean): Promise<Answer> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const answer = await askTwice(port);
    if (answer.isRight || hasFailed() || performance.now() > deadline) return answer;
    await sleep(RETRY_MS);
  }
}

/** Two requests over one connection: status, type, length and body must be as agreed. */
export async function askTwice(port: number): Promise<Answer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const first = await ask(port, agent);
    const second = await ask(port, agent);
    const why = first.why ?? second.why;
    return why === undefined ? { isRight: true, keepsAlive: second.isReused } : { isRight: false, why };
  } catch (error) {
    return { isRight: false, why: error instanceof Error ? error.message : String(error) };
  } finally {
    agent.destroy();
  }
}

function ask(port: number, agent: Agent): Promise<{ why: string | undefined; isReused: boolean }> {
  return new Promise((resolve, reject) => {
    const request = get({ ...where, port, agent }, (response) => {
      const blocks: Buffer[] = [];
      response.on("data", (block: Buffer) => blocks.push(block));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ why: faultOf(response, Buffer.concat(blocks)), isReused: request.reusedSocket });
      });
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
  });
}

function faultOf({ statusCode, headers }: IncomingMessage, body: Buffer): string | undefined {
  if (statusCode !== 200) return `status ${statusCode}`;
  if (!body.equals(Buffer.from(HELLO))) return `a body of ${body.length} other bytes`;
  const length = headers["content-length"];
  if (length !== String(HELLO.length)) return `Content-Length ${length}`;
  const type = headers["content-type"];
  return type?.startsWith("text/plain") ? undefined : `Content-Type ${type}`;
}
