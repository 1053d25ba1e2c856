// Many HTTP clients in a process of their own: what they cost is not on the account of whom they ask. Talks over IPC.
import { LoadClient } from "./load-client.ts";
import type { LoadOrder, LoadPlan, LoadWord } from "./load-plan.ts";
import { LoadRecord } from "./load-record.ts";

const REPORT_EVERY_MS = 50;
const PERCENT = 100;

let isStopped = false;
let next = 0;
const record = new LoadRecord();

process.on("message", (order: LoadOrder) => {
  if (order.type === "stop") isStopped = true;
  else if (order.type === "mark") record.mark();
  else void run(order.plan);
});
process.on("disconnect", () => process.exit());

async function run(plan: LoadPlan): Promise<void> {
  const timer = setInterval(() => say({ type: "progress", requests: record.requests }), REPORT_EVERY_MS);
  await Promise.all(Array.from({ length: plan.clients }, (_, index) => ask(plan, index)));
  clearInterval(timer);
  say({ type: "totals", totals: record.totals() });
}

async function ask(plan: LoadPlan, index: number): Promise<void> {
  const { postPercent = 30, abortPercent = 0, uploadPercent = 0, uploadBytes = 0 } = plan;
  const { pausesMs = [], failurePauseMs = 5, prefix = "t" } = plan;
  const padding = `\n${"x".repeat(uploadBytes)}`;
  const pauseMs = pausesMs[index % pausesMs.length] ?? 0;
  const client = new LoadClient(plan.port);
  while (!isStopped) {
    const number = next;
    next += 1;
    const token = `${prefix}${number}`;
    // Spread evenly: 37 has no divisor in common with a hundred.
    const share = (number * 37) % PERCENT;
    const isUpload = share < uploadPercent;
    const isPost = share < uploadPercent + postPercent;
    const isLeft = (number * 61) % PERCENT < abortPercent;
    const sentAt = performance.now();
    record.begin(token, isPost);
    const asked = client.send(isPost ? postText(token, isUpload ? padding : "") : getText(token));
    if (isLeft) {
      await sleep(1);
      client.close();
      record.left += 1;
      continue;
    }
    const outcome = await asked;
    if (outcome.type === "answer") record.answered({ token, isPost, sentAt }, outcome);
    else record.broken({ token, isPost, sentAt }, outcome.why);
    const isGood = outcome.type === "answer" && outcome.status === 200;
    if (!isGood) await sleep(failurePauseMs);
    else if (pauseMs > 0) await sleep(pauseMs);
  }
  client.close();
}

function postText(token: string, padding: string): string {
  const length = token.length + padding.length;
  return `POST /?post HTTP/1.1\r\nHost: load.test\r\nContent-Length: ${length}\r\n\r\n${token}${padding}`;
}

function getText(token: string): string {
  return `GET /?${token} HTTP/1.1\r\nHost: load.test\r\n\r\n`;
}

function say(word: LoadWord): void {
  process.send?.(word);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
