import { once } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import type { Application } from "../../src/gateway/types.ts";
import { connectTo, requestBytes } from "../support/raw-peer.ts";
import { sleep, until } from "../support/wait.ts";
import { startWorker } from "../support/workers.ts";

/** More than the system takes on behalf of a peer that does not read. */
const BODY = Buffer.alloc(32 * 1024 * 1024);

// A response of unknown length ends where the connection ends: an orderly end would say that it is whole.

test("a response of unknown length that is cut when the worker closes is reset", async () => {
  const app: Application = async function* (_environ, startResponse) {
    startResponse(200, []);
    yield Buffer.from("the beginning");
    await new Promise(() => undefined);
  };
  const { worker, endpoint } = await startWorker(app);
  const socket = connectTo(endpoint);
  socket.write(requestBytes());
  await once(socket, "data");
  await worker.close(0);
  expect(await endOf(socket)).toBe("reset");
});

test("a response that broke off is reset even when its peer takes too long to read what was sent", async () => {
  const app: Application = (_environ, startResponse) => {
    void startResponse(200, [])(BODY);
    throw new Error("the application fails, as a test wants it to");
  };
  const { worker, endpoint } = await startWorker(app, { sendTimeoutMs: 50 });
  const socket = connectTo(endpoint);
  socket.pause();
  socket.write(requestBytes());
  await until(
    () => worker.stats().requests === 1 && worker.stats().openConnections === 0,
    "the worker has given up on the peer",
  );
  expect(await endOf(socket)).toBe("reset");
});

test("a whole response whose peer takes long to close is not reset", async () => {
  const app: Application = (_environ, startResponse) => {
    startResponse(200, []);
    return [Buffer.from("all of it")];
  };
  const { worker, endpoint } = await startWorker(app, { lingerTimeoutMs: 50 });
  const socket = connectTo(endpoint);
  socket.pause();
  socket.write(requestBytes());
  await until(
    () => worker.stats().requests === 1 && worker.stats().openConnections === 0,
    "the worker has given up on the peer",
  );
  expect(await endOf(socket)).toBe("fin");
});

test.each([
  ["of known length", [["Content-Length", String(BODY.length)]]],
  ["of unknown length", []],
] as const)("a response %s is whole however long its peer takes to read it", async (_, headers) => {
  const app: Application = async function* (_environ, startResponse) {
    startResponse(200, headers);
    yield BODY;
  };
  const { worker, endpoint } = await startWorker(app, { lingerTimeoutMs: 20 });
  const socket = connectTo(endpoint);
  socket.pause();
  socket.write(requestBytes());
  await until(() => worker.stats().requests === 1, "the request has arrived");
  await sleep(200);
  let size = 0;
  socket.on("data", (chunk: Buffer) => {
    size += chunk.length;
  });
  expect(await endOf(socket)).toBe("fin");
  expect(size).toBeGreaterThan(BODY.length);
});

test("a whole response of which the peer takes nothing for too long is reset when its end would not tell", async () => {
  const app: Application = async function* (_environ, startResponse) {
    startResponse(200, []);
    yield BODY;
  };
  const { worker, endpoint, log } = await startWorker(app, { sendTimeoutMs: 50 });
  const socket = connectTo(endpoint);
  socket.pause();
  socket.write(requestBytes());
  await until(
    () => worker.stats().requests === 1 && worker.stats().openConnections === 0,
    "the worker has given up on the peer",
  );
  expect(log.codes).toEqual(["UWB_ERR_SEND_TIMEOUT"]);
  expect(await endOf(socket)).toBe("reset");
});

/** Node calls a reset an orderly end when it comes together with the last data; but then the socket has no peer any more. */
function endOf(socket: Socket): Promise<"fin" | "reset"> {
  return new Promise((resolve) => {
    socket.on("error", () => resolve("reset"));
    socket.on("end", () => resolve(socket.remoteAddress === undefined ? "reset" : "fin"));
    socket.resume();
  });
}
