import { describe, expect, test } from "vitest";
import type { Application } from "../../src/gateway/types.ts";
import { createWorker } from "../../src/worker/worker.ts";
import { connectTo, converse, listenTo, requestBytes, statusOf } from "../support/raw-peer.ts";
import { signal, sleep, until } from "../support/wait.ts";
import { startWorker, textApp } from "../support/workers.ts";

test.each([
  { excess: 0, status: 200 },
  { excess: 1, status: 431 },
])("a vars block $excess bytes above maxVarsBytes is answered $status", async ({ excess, status }) => {
  const bytes = requestBytes();
  const { endpoint } = await startWorker(textApp("ok"), { maxVarsBytes: bytes.length - 4 - excess });
  expect(statusOf((await converse(endpoint, [bytes])).text)).toBe(status);
});

test.each([
  { maxVars: 8, status: 200 },
  { maxVars: 7, status: 431 },
])("eight vars with maxVars $maxVars are answered $status", async ({ maxVars, status }) => {
  const { endpoint } = await startWorker(textApp("ok"), { maxVars });
  expect(statusOf((await converse(endpoint, [requestBytes()])).text)).toBe(status);
});

test("a packet that does not arrive in time is answered 408 and closed", async () => {
  const { endpoint } = await startWorker(textApp("ok"), { headerTimeoutMs: 40 });
  const started = performance.now();
  const heard = await converse(endpoint, [Buffer.from("006400007878", "hex")]);
  expect([statusOf(heard.text), heard.end]).toEqual([408, "fin"]);
  expect(performance.now() - started).toBeGreaterThanOrEqual(35);
});

test("a packet that arrives a byte at a time is cut at the same moment: the limit is for the whole", async () => {
  const { endpoint } = await startWorker(textApp("ok"), { headerTimeoutMs: 60 });
  const socket = connectTo(endpoint);
  const heard = listenTo(socket);
  const trickle = setInterval(() => socket.write("x"), 10);
  const started = performance.now();
  socket.write(Buffer.from("00640000", "hex"));
  const { text } = await heard;
  clearInterval(trickle);
  expect(statusOf(text)).toBe(408);
  expect(performance.now() - started).toBeLessThan(500);
});

test("a connection that never says anything is closed without an answer", async () => {
  const { endpoint } = await startWorker(textApp("ok"), { headerTimeoutMs: 40 });
  expect((await listenTo(connectTo(endpoint))).text).toBe("");
});

test("a peer that takes nothing of its response is cut after sendTimeoutMs", async () => {
  let outcome: unknown;
  const { endpoint, log } = await startWorker(
    (environ, startResponse) => {
      environ["uwsgi_bridge.response_finished"].push((response) => {
        outcome = response.outcome;
      });
      startResponse("200 OK", []);
      return (function* () {
        for (;;) yield Buffer.alloc(64 * 1024);
      })();
    },
    { sendTimeoutMs: 80 },
  );
  const socket = connectTo(endpoint);
  socket.pause();
  socket.on("error", () => undefined);
  socket.write(requestBytes());
  await until(() => outcome !== undefined, "the response is given up");
  expect(outcome).toBe("client-gone");
  expect(log.codes).toEqual(["UWB_ERR_SEND_TIMEOUT"]);
  socket.destroy();
});

test("a peer that reads slowly but steadily is not cut", async () => {
  const { endpoint } = await startWorker(
    (_environ, startResponse) => {
      startResponse("200 OK", []);
      return Array.from({ length: 12 }, () => Buffer.alloc(1024 * 1024));
    },
    { sendTimeoutMs: 600 },
  );
  const socket = connectTo(endpoint);
  let received = 0;
  socket.on("data", (chunk) => {
    received += chunk.length;
    socket.pause();
    setTimeout(() => socket.resume(), 6);
  });
  socket.write(requestBytes());
  await new Promise((resolve) => socket.on("end", resolve));
  socket.end();
  expect(received).toBeGreaterThan(12 * 1024 * 1024);
});

test.each([
  { bytes: 1000, isCut: false },
  { bytes: 1001, isCut: true },
])(
  "with maxLingerBytes 1000, a peer that sends $bytes bytes after its answer is cut: $isCut",
  async ({ bytes, isCut }) => {
    const { worker, endpoint } = await startWorker(textApp("ok"), { maxLingerBytes: 1000 });
    const socket = connectTo(endpoint);
    socket.on("error", () => undefined);
    socket.write(requestBytes());
    const ended = new Promise((resolve) => socket.on("end", resolve));
    socket.resume();
    await ended;
    socket.write(Buffer.alloc(bytes));
    if (isCut) await until(() => worker.stats().openConnections === 0, "the connection is cut");
    else await sleep(50);
    expect(worker.stats().openConnections).toBe(isCut ? 0 : 1);
    socket.destroy();
  },
);

test("a peer that does not close after its answer is cut after lingerTimeoutMs", async () => {
  const { worker, endpoint } = await startWorker(textApp("ok"), { lingerTimeoutMs: 40 });
  const socket = connectTo(endpoint);
  socket.resume();
  socket.on("error", () => undefined);
  socket.write(requestBytes());
  await until(() => socket.bytesRead > 0, "the answer arrives");
  await until(() => worker.stats().openConnections === 0, "the connection is cut");
  socket.destroy();
});

describe("maxConcurrentRequests", () => {
  test("1 runs the application for one request at a time, in the order of arrival", async () => {
    let running = 0;
    let most = 0;
    const order: string[] = [];
    const { endpoint } = await startWorker(
      async (environ, startResponse) => {
        running += 1;
        most = Math.max(most, running);
        order.push(environ.PATH_INFO);
        await sleep(5);
        running -= 1;
        startResponse("200 OK", []);
        return [];
      },
      { maxConcurrentRequests: 1 },
    );
    const paths = ["/a", "/b", "/c", "/d"];
    const heard = [];
    for (const path of paths) {
      heard.push(converse(endpoint, [requestBytes({ PATH_INFO: path })]));
      await sleep(2);
    }
    expect((await Promise.all(heard)).map(({ text }) => statusOf(text))).toEqual([200, 200, 200, 200]);
    expect(most).toBe(1);
    expect(order).toEqual(paths);
  });

  test("requests beyond the queue are answered 503 at once", async () => {
    const { app, release } = heldApp();
    const { worker, endpoint } = await startWorker(app, { maxConcurrentRequests: 1, maxQueuedRequests: 1 });
    const first = converse(endpoint, [requestBytes()]);
    await until(() => worker.stats().runningRequests === 1, "the first request runs");
    const second = converse(endpoint, [requestBytes()]);
    await until(() => worker.stats().waitingRequests === 1, "the second request waits");
    const third = await converse(endpoint, [requestBytes()]);
    expect(statusOf(third.text)).toBe(503);
    expect(third.text).toContain("Retry-After: 1");
    release();
    expect(statusOf((await first).text)).toBe(200);
    expect(statusOf((await second).text)).toBe(200);
  });

  test("a peer that leaves while it waits gives up its place", async () => {
    const { app, release } = heldApp();
    const { worker, endpoint } = await startWorker(app, { maxConcurrentRequests: 1 });
    const first = converse(endpoint, [requestBytes()]);
    await until(() => worker.stats().runningRequests === 1, "the first request runs");
    const leaving = connectTo(endpoint);
    leaving.write(requestBytes());
    await until(() => worker.stats().waitingRequests === 1, "the second request waits");
    leaving.destroy();
    await until(() => worker.stats().waitingRequests === 0, "its place is free");
    release();
    await first;
    expect(worker.stats()).toMatchObject({ requests: 2, runningRequests: 0 });
  });
});

test.each([
  ["maxVarsBytes", 65_536],
  ["maxVars", 0],
  ["headerTimeoutMs", 1.5],
  ["maxConcurrentRequests", Number.NaN],
] as const)("the option %s refuses %d by name", (option, value) => {
  expect(() => createWorker(textApp(""), { [option]: value })).toThrow(
    expect.objectContaining({ name: "ConfigError", option, code: "UWB_ERR_CONFIG" }),
  );
});

/** An application that answers when it is told to. */
function heldApp(): { app: Application; release: () => void } {
  const { promise, resolve } = signal();
  const app: Application = async (_environ, startResponse) => {
    await promise;
    startResponse("200 OK", []);
    return [];
  };
  return { app, release: () => resolve() };
}
