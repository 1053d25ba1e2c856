import { expect, test } from "vitest";
import { Exchange } from "../../src/client/exchange.ts";
import { ONE_SHOT, Upstream } from "../../src/client/upstream.ts";
import type { UwsgiBridgeError } from "../../src/errors.ts";
import { type Deadlined, Deadlines } from "../../src/net/deadlines.ts";
import { MoodyWorker } from "../support/moody-worker.ts";

const limits = { queueTimeoutMs: 5000, connectTimeoutMs: 5000, readTimeoutMs: 100, sendTimeoutMs: 5000 };

/** What an exchange with a silent worker fails with, and how far it says it came. */
async function failureOf(body?: AsyncIterable<Uint8Array>): Promise<readonly [string, string]> {
  const worker = await MoodyWorker.start("silent");
  worker.mood = "hangs";
  const deadlines = new Deadlines<Deadlined>(100);
  const upstream = new Upstream(worker.target, deadlines, ONE_SHOT);
  const error = await new Promise<UwsgiBridgeError>((resolve) => {
    const ignore = (): void => undefined;
    const handler = { onInterim: ignore, onHead: ignore, onData: () => true, onPause: ignore, onEnd: ignore };
    const request = { method: "PUT", packet: "\0\0\0\0", body };
    exchange = new Exchange(upstream, request, {
      handler: { ...handler, onError: resolve },
      limits,
      deadlines,
    });
    exchange.start();
  });
  deadlines.stop();
  return [error.code, exchange.failedAt];
}

let exchange: Exchange;

test("a body that can not be read to its end is no failure of the server", async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from("part"));
    throw new Error("the disk is full");
  }
  expect(await failureOf(broken())).toEqual(["UWB_ERR_UPSTREAM_CLOSED", "body"]);
});

test("silence before any byte of an answer is", async () => {
  expect(await failureOf()).toEqual(["UWB_ERR_UPSTREAM_READ_TIMEOUT", "silent"]);
});
