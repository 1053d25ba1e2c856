import { expect, test } from "vitest";
import { type DirectRequest, withDirectHandler } from "../../src/gateway/direct.ts";
import type { Application } from "../../src/gateway/types.ts";
import { converse, requestBytes, statusOf } from "../support/raw-peer.ts";
import { startWorker, textApp, transports } from "../support/workers.ts";

const WELCOME = { UWSGI_BRIDGE_EARLY_HINTS: "1" };
const LINK = ["Link", "</a.css>; rel=preload"] as const;
const HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";

const hinting: Application = async (environ, startResponse) => {
  const hint = environ["uwsgi_bridge.early_hints"];
  hint?.([LINK]);
  startResponse("200 OK", []);
  await Promise.resolve();
  hint?.([LINK]);
  return [Buffer.from("ok")];
};

test.each(transports)("hints leave before the head, over %s", async (transport) => {
  const { endpoint } = await startWorker(hinting, {}, { transport });
  const { text } = await converse(endpoint, [requestBytes(WELCOME)]);
  expect(text).toBe(`${HINTS}${HINTS}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
});

test.each([
  { name: "does not ask for them", vars: {} },
  { name: "says something else", vars: { UWSGI_BRIDGE_EARLY_HINTS: "" } },
  { name: "passes on what its client says", vars: { HTTP_UWSGI_BRIDGE_EARLY_HINTS: "1" } },
])("a peer that $name gets none", async ({ vars }) => {
  const keys: string[] = [];
  const { endpoint } = await startWorker((environ, startResponse) => {
    keys.push(...Object.keys(environ));
    return hinting(environ, startResponse);
  });
  const { text } = await converse(endpoint, [requestBytes(vars)]);
  expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(keys).not.toContain("uwsgi_bridge.early_hints");
});

test("the var itself is no part of the environ", async () => {
  const keys: string[] = [];
  const { endpoint } = await startWorker((environ, startResponse) => {
    keys.push(...Object.keys(environ));
    return textApp("x")(environ, startResponse);
  });
  await converse(endpoint, [requestBytes(WELCOME)]);
  expect(keys).toContain("uwsgi_bridge.early_hints");
  expect(keys).not.toContain("UWSGI_BRIDGE_EARLY_HINTS");
});

test("when the head has left they are ignored", async () => {
  const { endpoint } = await startWorker(async function* (environ, startResponse) {
    startResponse("200 OK", []);
    yield Buffer.from("a");
    environ["uwsgi_bridge.early_hints"]?.([LINK]);
    yield Buffer.from("b");
  });
  expect((await converse(endpoint, [requestBytes(WELCOME)])).text).toBe("HTTP/1.1 200 OK\r\n\r\nab");
});

test("no more of them leave than a front reads", async () => {
  const { endpoint } = await startWorker((environ, startResponse) => {
    for (let count = 0; count < 100; count += 1) environ["uwsgi_bridge.early_hints"]?.([LINK]);
    startResponse("200 OK", []);
    return [];
  });
  const { text } = await converse(endpoint, [requestBytes(WELCOME)]);
  expect(text.split(HINTS)).toHaveLength(17);
});

test.each([
  { headers: [["Link", "a\r\nX: 1"]], code: "UWB_ERR_HEADER_VALUE" },
  { headers: [["Connection", "close"]], code: "UWB_ERR_HOP_BY_HOP" },
  { headers: { Link: "a" }, code: "UWB_ERR_HEADERS" },
])("they are checked as the head is: $code", async ({ headers, code }) => {
  const { endpoint, log } = await startWorker((environ) => {
    environ["uwsgi_bridge.early_hints"]?.(headers as never);
    return [];
  });
  const { text } = await converse(endpoint, [requestBytes(WELCOME)]);
  expect(statusOf(text)).toBe(500);
  expect(log.codes).toEqual([code]);
});

test("an application that answers on the socket itself has them too", async () => {
  const offered: boolean[] = [];
  const app = withDirectHandler(textApp("unused"), (request: DirectRequest) => {
    offered.push(request.sendHints !== undefined);
    request.sendHints?.([LINK]);
    (request.socket as import("node:net").Socket).end("HTTP/1.1 200 OK\r\n\r\n");
    request.end();
    return { missing: 0, receive() {}, finish() {}, fail() {}, peerLeft() {}, cut() {} };
  });
  const { endpoint } = await startWorker(app);
  expect((await converse(endpoint, [requestBytes(WELCOME)])).text).toBe(`${HINTS}HTTP/1.1 200 OK\r\n\r\n`);
  expect((await converse(endpoint, [requestBytes()])).text).toBe("HTTP/1.1 200 OK\r\n\r\n");
  expect(offered).toEqual([true, false]);
});
