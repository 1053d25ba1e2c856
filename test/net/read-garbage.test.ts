import { afterEach, expect, test } from "vitest";
import type { Application } from "../../src/gateway/types.ts";
import { collectReadGarbage, countRead } from "../../src/net/read-garbage.ts";
import { startFront } from "../support/fronts.ts";
import { converseHttp } from "../support/raw-http.ts";
import { startWorker } from "../support/workers.ts";

const MEBIBYTE = 1024 * 1024;

afterEach(() => collectReadGarbage(undefined));

test("memory is asked back once for every 16 MiB that were read, however they come", () => {
  let collections = 0;
  collectReadGarbage(() => {
    collections += 1;
  });
  countRead(16 * MEBIBYTE - 1);
  expect(collections).toBe(0);
  countRead(1);
  expect(collections).toBe(1);
  for (let read = 0; read < 160; read += 1) countRead(MEBIBYTE);
  expect(collections).toBe(11);
});

test("nobody is asked unless somebody was named", () => {
  let collections = 0;
  collectReadGarbage(() => {
    collections += 1;
  });
  collectReadGarbage(undefined);
  countRead(64 * MEBIBYTE);
  expect(collections).toBe(0);
});

const drainingApp: Application = async (environ, startResponse) => {
  for await (const _block of environ["wsgi.input"].chunks());
  startResponse("200 OK", []);
  return [];
};

// Each byte is read by the front and by the worker, and one that was stored by the front once more.
test.each([
  [true, 8],
  [false, 5],
])("an upload of 44 MiB counts wherever it is read (buffered: %s)", async (requestBuffering, expected) => {
  const { endpoint: to } = await startWorker(drainingApp, {}, { transport: "unix" });
  const { endpoint } = await startFront([to], { requestBuffering });
  let collections = 0;
  collectReadGarbage(() => {
    collections += 1;
  });
  const head = Buffer.from(`POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${44 * MEBIBYTE}\r\n\r\n`);
  const request = [head, ...Array.from({ length: 44 }, () => Buffer.alloc(MEBIBYTE))];
  const { answers } = await converseHttp(endpoint, request, {
    methods: ["POST"],
    quietMs: 20_000,
    enough: 1,
  });
  expect(answers[0]?.status).toBe(200);
  expect(collections).toBe(expected);
});
