import { expect, onTestFinished, test } from "vitest";
import { offeringBytes } from "../support/kept-connection.ts";
import { connectTo } from "../support/raw-peer.ts";
import { until } from "../support/wait.ts";
import { startWorker } from "../support/workers.ts";

test("a kept connection rests when its response has left: bytes beside it would stand inside of it", async () => {
  const { endpoint, worker } = await startWorker((_environ, startResponse) => {
    startResponse("200 OK", []);
    return [Buffer.alloc(32 * 1024 * 1024)];
  });
  const socket = connectTo(endpoint).pause();
  onTestFinished(() => void socket.destroy());
  socket.write(offeringBytes());
  await until(() => worker.stats().answerMs > 0, "the request is answered");
  expect(worker.running()).toEqual([]);
  expect(worker.resting()).toEqual([]);
  socket.resume();
  await until(() => worker.resting().length === 1, "the response has left");
});
