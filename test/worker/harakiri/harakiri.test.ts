import { expect, onTestFinished, test } from "vitest";
import type { Application } from "../../../src/gateway/types.ts";
import { Harakiri } from "../../../src/worker/harakiri/harakiri.ts";
import { bodyOf, converse, requestBytes, statusOf } from "../../support/raw-peer.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { until } from "../../support/wait.ts";
import { startWorker } from "../../support/workers.ts";

const LIMIT_MS = 300;

function watch(worker: ConstructorParameters<typeof Harakiri>[0]): {
  readonly log: RecordingLog;
  readonly leftOver: string[];
  readonly harakiri: Harakiri;
} {
  const log = new RecordingLog();
  const leftOver: string[] = [];
  const harakiri = new Harakiri(worker, {
    limitMs: LIMIT_MS,
    log,
    supervisorFd: undefined,
    onLeftOver: (reason) => leftOver.push(reason),
  });
  onTestFinished(() => harakiri.stop());
  return { log, leftOver, harakiri };
}

test("a request that waits is answered 504, and its signal says why", async () => {
  const reasons: unknown[] = [];
  const app: Application = async (environ, startResponse) => {
    const signal = environ["uwsgi_bridge.signal"];
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    reasons.push(signal.reason);
    startResponse("200 OK", []);
    return [Buffer.from("too late")];
  };
  const { worker, endpoint } = await startWorker(app);
  const { log, harakiri } = watch(worker);
  const { text } = await converse(endpoint, [requestBytes({ HTTP_X_REQUEST_ID: "r1" })]);
  expect(statusOf(text)).toBe(504);
  expect(bodyOf(text)).toBe("Gateway Timeout\nUWB_ERR_HARAKIRI\n");
  await until(() => reasons.length > 0, "the signal is aborted");
  expect(reasons[0]).toMatchObject({ code: "UWB_ERR_HARAKIRI", statusHint: 504 });
  expect(log.lines[0]?.fields).toMatchObject({
    code: "UWB_ERR_HARAKIRI",
    method: "GET",
    uri: "/x",
    requestId: "r1",
  });
  expect(harakiri.expired).toBe(1);
  expect(worker.running()).toEqual([]);
});

test("an application that goes on is told of", async () => {
  const { worker, endpoint } = await startWorker(() => new Promise(() => undefined));
  const { leftOver } = watch(worker);
  expect(statusOf((await converse(endpoint, [requestBytes()])).text)).toBe(504);
  await until(() => leftOver.length > 0, "the application goes on");
  expect(leftOver).toEqual(["/x goes on although its time was over"]);
});

test("an answer that has begun may take its time", async () => {
  const app: Application = async function* (_environ, startResponse) {
    startResponse("200 OK", []);
    yield Buffer.from("one");
    await new Promise((resolve) => setTimeout(resolve, 3 * LIMIT_MS));
    yield Buffer.from("two");
  };
  const { worker, endpoint } = await startWorker(app);
  const { harakiri } = watch(worker);
  expect(bodyOf((await converse(endpoint, [requestBytes()])).text)).toBe("onetwo");
  expect(harakiri.expired).toBe(0);
});
