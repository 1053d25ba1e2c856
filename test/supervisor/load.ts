import { Agent } from "node:http";
import { sendHttp } from "../support/http-client.ts";
import { answerOf } from "../support/token-app.ts";

/** What became of requests under load. */
export interface LoadResult {
  readonly failed: readonly string[];
  /** Tokens of the POST requests that were answered. */
  readonly posted: readonly string[];
  readonly pids: ReadonlySet<number>;
}

const CLIENTS = 8;
/** Every third request is a POST. */
const POST_EVERY = 3;

/** Send so many requests over connections that are kept, each with a token of its own that its answer must carry. */
export async function load(
  port: number,
  requests: number,
  onProgress: (done: number) => void,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const failed: string[] = [];
  const posted: string[] = [];
  const pids = new Set<number>();
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < requests) {
      const token = `t${next}`;
      next += 1;
      const isPost = next % POST_EVERY === 0;
      const request = isPost ? { body: Buffer.from(token) } : { path: `/?${token}` };
      try {
        const { status, text } = await sendHttp(port, { ...request, agent });
        const answer = answerOf(text);
        pids.add(answer.pid);
        if (status !== 200 || answer.token !== token) failed.push(`${token}: ${status} ${text}`);
        else if (isPost) posted.push(token);
      } catch (error) {
        failed.push(`${token}: ${String(error)}`);
      }
      onProgress(next);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
  return { failed, posted, pids };
}
