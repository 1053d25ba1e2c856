import { describe, expect, test } from "vitest";
import { ping } from "../../src/client/ping.ts";
import {
  answerAndStall,
  answerWith,
  asTarget,
  closeSilently,
  refusingAddress,
  resetAtOnce,
  stall,
  startPeer,
} from "../support/rude-peers.ts";
import { startWorker, textApp, transports } from "../support/workers.ts";

const PONG = "\x64\x00\x00\x01";

test.each(transports)("a worker of ours answers over %s", async (transport) => {
  const app = textApp("never called");
  const { endpoint } = await startWorker(app, {}, { transport });
  const pong = await ping(asTarget(endpoint));
  expect(pong.message).toBe("");
  expect(pong.elapsedMs).toBeGreaterThan(0);
  expect(app.calls).toBe(0);
});

test("the packet is four bytes", async () => {
  const received: Buffer[] = [];
  const target = await startPeer((socket) => {
    socket.on("data", (chunk) => {
      received.push(chunk);
      socket.end(PONG, "latin1");
    });
  });
  await ping(target);
  expect(Buffer.concat(received).toString("hex")).toBe("64000000");
});

test("a pong may come with a warning, and in pieces", async () => {
  const target = await startPeer((socket) => {
    socket.once("data", () => {
      socket.write("\x64\x04", "latin1");
      setTimeout(() => socket.write("\x00\x01wa", "latin1"), 5);
      setTimeout(() => socket.end("rn", "latin1"), 10);
    });
  });
  expect(await ping(target)).toMatchObject({ message: "warn" });
});

describe.each(transports)("over %s", (transport) => {
  test("nobody listens", async () => {
    const target = await refusingAddress(transport);
    await expect(ping(target)).rejects.toMatchObject({ code: "UWB_ERR_UPSTREAM_CONNECT", statusHint: 503 });
  });

  test.each([
    { name: "a silent close", behave: closeSilently, code: "UWB_ERR_UPSTREAM_CLOSED" },
    { name: "half a pong", behave: answerWith("\x64\x00"), code: "UWB_ERR_UPSTREAM_CLOSED" },
    { name: "another packet", behave: answerWith("\x64\x00\x00\x00"), code: "UWB_ERR_NOT_UWSGI" },
    { name: "HTTP", behave: answerWith("HTTP/1.1 400 Bad Request\r\n\r\n"), code: "UWB_ERR_NOT_UWSGI" },
  ])("$name is no pong", async ({ behave, code }) => {
    const target = await startPeer(behave, transport);
    await expect(ping(target)).rejects.toMatchObject({ code });
  });

  test.each([
    { name: "nothing", behave: stall },
    { name: "half a pong", behave: answerAndStall("\x64\x00\x00") },
    { name: "a pong without its announced warning", behave: answerAndStall("\x64\x05\x00\x01wa") },
  ])("$name, and then silence, is a timeout", async ({ behave }) => {
    const target = await startPeer(behave, transport);
    await expect(ping(target, { timeoutMs: 40 })).rejects.toMatchObject({
      code: "UWB_ERR_UPSTREAM_READ_TIMEOUT",
      statusHint: 504,
    });
  });
});

test("a reset is not a close", async () => {
  const target = await startPeer(resetAtOnce);
  await expect(ping(target)).rejects.toMatchObject({ code: "UWB_ERR_UPSTREAM_RESET" });
});
