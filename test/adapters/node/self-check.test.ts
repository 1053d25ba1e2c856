import { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fromNode } from "../../../src/adapters/index.ts";
import { forgetFit } from "../../../src/adapters/node/from-node.ts";
import { fitsThisNode } from "../../../src/adapters/node/self-check.ts";
import { directHandlerOf } from "../../../src/gateway/direct.ts";
import { bodyOf, converse, requestBytes, statusOf } from "../../support/raw-peer.ts";
import { startWorker } from "../../support/workers.ts";

type Prototype = Record<string, unknown>;

const ofResponse = ServerResponse.prototype as unknown as Prototype;
const ofOutgoing = Object.getPrototypeOf(ServerResponse.prototype) as Prototype;
const ofRequest = IncomingMessage.prototype as unknown as Prototype;

/** What a later Node could do. */
const changes: Readonly<
  Record<string, { readonly prototype: Prototype; readonly detail: string; readonly value: unknown }>
> = {
  "no detachSocket": { prototype: ofResponse, detail: "detachSocket", value: undefined },
  "assignSocket throws": { prototype: ofResponse, detail: "assignSocket", value: fail },
  "no _dump": { prototype: ofRequest, detail: "_dump", value: undefined },
  "_addHeaderLines does nothing": { prototype: ofRequest, detail: "_addHeaderLines", value: () => undefined },
  "another writeHead beneath": { prototype: ofOutgoing, detail: "_storeHeader", value: fail },
  "nothing is sent at once": { prototype: ofOutgoing, detail: "_writeRaw", value: () => true },
};

afterEach(forgetFit);

test("this Node is fit", () => {
  expect(fitsThisNode()).toBe(true);
});

describe.each(Object.entries(changes))("%s", (_name, change) => {
  test("the check says no, and this Node is fit again afterwards", () => {
    expect(inChanged(change, fitsThisNode)).toBe(false);
    expect(fitsThisNode()).toBe(true);
  });
});

test("an unfit Node: one warning for all applications, and they work", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  forgetFit();
  const apps = inChanged({ prototype: ofResponse, detail: "detachSocket", value: undefined }, () =>
    [1, 2, 3].map((number) => fromNode((request, response) => response.end(`${number} ${request.url}`))),
  );
  expect(warn.mock.calls).toEqual([
    [expect.stringContaining("Node's parser"), { code: "UWB_WARN_NODE_INTERNALS" }],
  ]);
  warn.mockRestore();
  for (const [index, app] of apps.entries()) {
    expect(directHandlerOf(app)).toBeUndefined();
    const { endpoint } = await startWorker(app);
    const { text } = await converse(endpoint, [requestBytes()]);
    expect([statusOf(text), bodyOf(text)]).toEqual([200, `${index + 1} /x`]);
  }
});

test("without _addHeaderLines, requests still have their headers", async () => {
  const app = fromNode((request, response) => {
    const { headers, rawHeaders, headersDistinct } = request;
    response.end(JSON.stringify({ headers, rawHeaders, headersDistinct }));
  });
  const { endpoint } = await startWorker(app);
  const change = { prototype: ofRequest, detail: "_addHeaderLines", value: undefined };
  const { text } = await inChanged(change, () => converse(endpoint, [requestBytes({ HTTP_X_A: "1" })]));
  expect(JSON.parse(bodyOf(text))).toEqual({
    headers: { host: "a.test", "x-a": "1" },
    rawHeaders: ["Host", "a.test", "X-A", "1"],
    headersDistinct: { host: ["a.test"], "x-a": ["1"] },
  });
});

type Change = (typeof changes)[string];

/** Do something while a detail of Node is another. */
function inChanged<T>({ prototype, detail, value }: Change, action: () => T): T {
  const original = Object.getOwnPropertyDescriptor(prototype, detail);
  if (!original) throw new Error(`this Node has no ${detail}`);
  Object.defineProperty(prototype, detail, { value, configurable: true, writable: true });
  const restore = (): void => {
    Object.defineProperty(prototype, detail, original);
  };
  let result: T | undefined;
  try {
    result = action();
    return result instanceof Promise ? (result.finally(restore) as T) : result;
  } finally {
    if (!(result instanceof Promise)) restore();
  }
}

function fail(): never {
  throw new Error("changed");
}
