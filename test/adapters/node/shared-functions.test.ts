import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { fromNode } from "../../../src/adapters/index.ts";
import { bodyOf, converse, requestBytes } from "../../support/raw-peer.ts";
import { startWorker } from "../../support/workers.ts";

type Exchange = readonly [IncomingMessage, ServerResponse];

/**
 * A function made for each request and put on an object of Node's is kept by the engine until a full collection, with all that belongs to
 * the request; where the engine learns from that, the request costs twice as much for as long as the process lives.
 */
test.each([
  ["a front that wants nothing more", {}],
  ["a front that takes early hints", { UWSGI_BRIDGE_EARLY_HINTS: "1" }],
])("no function is made for each request and put on its objects: %s", async (_front, vars) => {
  const exchanges: Exchange[] = [];
  const app = fromNode((request, response) => {
    exchanges.push([request, response]);
    // When the worker has armed its timers too.
    setImmediate(() => response.end("done"));
  });
  const { endpoint } = await startWorker(app);
  for (let count = 0; count < 2; count += 1) {
    const { text } = await converse(endpoint, [requestBytes(vars)]);
    expect(bodyOf(text)).toBe("done");
  }
  expect(exchanges.map(([{ socket }]) => socket instanceof Socket)).toEqual([true, true]);
  const [first, second] = exchanges.map(([request, response]) => [
    functionsOf(request),
    functionsOf(response),
    functionsOf(request.socket),
  ]);
  for (const [index, functions] of (first ?? []).entries()) {
    for (const [key, value] of functions) expect(second?.[index]?.get(key), String(key)).toBe(value);
    expect(second?.[index]?.size).toBe(functions.size);
  }
  expect(first?.[2]?.has("_onTimeout")).toBe(true);
});

/** Functions that an object has itself. */
function functionsOf(object: object): Map<PropertyKey, unknown> {
  const own = Reflect.ownKeys(object).map((key): [PropertyKey, unknown] => [key, Reflect.get(object, key)]);
  return new Map(own.filter(([, value]) => typeof value === "function"));
}
