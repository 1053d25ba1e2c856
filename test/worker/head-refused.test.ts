import { expect, test } from "vitest";
import { converse, requestBytes, statusOf } from "../support/raw-peer.ts";
import { signal, until } from "../support/wait.ts";
import { startWorker } from "../support/workers.ts";

const HEAD = { REQUEST_METHOD: "HEAD" };

test.each([
  { name: "a chunked body", vars: { ...HEAD, HTTP_TRANSFER_ENCODING: "chunked" }, status: 411 },
  { name: "a length that is none", vars: { ...HEAD, CONTENT_LENGTH: "five" }, status: 400 },
])("HEAD with $name is refused without a body", async ({ vars, status }) => {
  const { endpoint } = await startWorker(() => []);
  const { text, end } = await converse(endpoint, [requestBytes(vars)]);
  expect(statusOf(text)).toBe(status);
  expect(text).toMatch(/\r\nContent-Length: \d+\r\n\r\n$/);
  expect(end).toBe("fin");
});

test("HEAD beyond the queue is refused without a body", async () => {
  const { promise, resolve } = signal();
  const { endpoint, worker } = await startWorker(
    async (_environ, startResponse) => {
      await promise;
      startResponse("204 No Content", []);
      return [];
    },
    { maxConcurrentRequests: 1, maxQueuedRequests: 0 },
  );
  const first = converse(endpoint, [requestBytes()]);
  await until(() => worker.stats().runningRequests === 1, "the first request runs");
  const { text } = await converse(endpoint, [requestBytes(HEAD)]);
  expect(text).toMatch(/^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n.*\r\n\r\n$/s);
  resolve();
  await first;
});
