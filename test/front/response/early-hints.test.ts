import { describe, expect, test } from "vitest";
import { earlyHintsText } from "../../../src/front/response/early-hints.ts";
import { startFront, startScriptedWorker, varsOf } from "../../support/fronts.ts";
import { converseHttp } from "../../support/raw-http.ts";
import { startTalker } from "../../support/tunnels.ts";
import { signal, until } from "../../support/wait.ts";
import { startWorker } from "../../support/workers.ts";

const GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";
const HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload; as=style\r\n\r\n";
const FINAL = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe("an interim head", () => {
  test.each([
    {
      name: "103",
      status: 103,
      headers: [["Link", "</a>"]],
      text: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    },
    {
      name: "103 with what belongs to the connection",
      status: 103,
      headers: [
        ["Connection", "x-hop"],
        ["X-Hop", "1"],
        ["Content-Length", "5"],
        ["Transfer-Encoding", "chunked"],
        ["X-Accel-Redirect", "/x"],
        ["X-L", "\u00e9"],
      ],
      text: "HTTP/1.1 103 Early Hints\r\nX-L: \u00e9\r\n\r\n",
    },
    { name: "103 without fields", status: 103, headers: [], text: undefined },
    { name: "100", status: 100, headers: [["X", "1"]], text: undefined },
    { name: "102", status: 102, headers: [["X", "1"]], text: undefined },
  ] as const)("$name", ({ status, headers, text }) => {
    expect(earlyHintsText({ status, reason: "whatever", headers })).toBe(text);
  });
});

test("hints reach the client before the answer is known, each by itself", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.write(HINTS));
  const { endpoint } = await startFront([worker.endpoint]);
  const client = startTalker(endpoint, GET);
  await client.untilHeard(HINTS);
  const [request] = worker.requests;
  request?.socket.write(`HTTP/1.1 100 Continue\r\n\r\n${HINTS}`);
  await client.untilHeard(HINTS + HINTS);
  request?.socket.end(FINAL);
  await client.untilHeard("\r\n\r\nok");
  expect(client.heard()).toMatch(/^(HTTP\/1\.1 103 .*?\r\n\r\n){2}HTTP\/1\.1 200 OK\r\n/s);
  expect(client.heard()).not.toContain("100 Continue");
});

test("the worker is told that they are welcome, by a var that no client can send", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end(FINAL));
  const on = await startFront([worker.endpoint]);
  await converseHttp(on.endpoint, GET, { enough: 1 });
  expect(varsOf(worker.requests[0])["UWSGI_BRIDGE_EARLY_HINTS"]).toBe("1");
  const off = await startFront([worker.endpoint], { earlyHints: false });
  const spoofed = GET.replace(
    "\r\n\r\n",
    "\r\nUWSGI-BRIDGE-EARLY-HINTS: 1\r\nUWSGI_BRIDGE_EARLY_HINTS: 1\r\n\r\n",
  );
  await converseHttp(off.endpoint, spoofed, { enough: 1 });
  expect(varsOf(worker.requests[1])).not.toHaveProperty("UWSGI_BRIDGE_EARLY_HINTS");
});

test.each([
  { name: "a client of HTTP/1.0", request: "GET /x HTTP/1.0\r\n\r\n", options: {} },
  { name: "anybody, when they are off", request: GET, options: { earlyHints: false } },
])("not for $name", async ({ request, options }) => {
  const worker = await startScriptedWorker(({ socket }) => {
    socket.write(HINTS);
    setImmediate(() => socket.end(FINAL));
  });
  const { endpoint } = await startFront([worker.endpoint], options);
  const { raw } = await converseHttp(endpoint, request, { enough: 1 });
  expect(raw).toMatch(/^HTTP\/1\.1 200 /);
  expect(raw).not.toContain("103");
  if (options.earlyHints === undefined)
    expect(varsOf(worker.requests[0])).not.toHaveProperty("UWSGI_BRIDGE_EARLY_HINTS");
});

test("hints of our own worker", async () => {
  const { endpoint: to } = await startWorker(async (environ, startResponse) => {
    environ["uwsgi_bridge.early_hints"]?.([["Link", "</a.css>; rel=preload; as=style"]]);
    await answered.promise;
    startResponse("200 OK", []);
    return [Buffer.from("ok")];
  });
  const answered = signal();
  const { endpoint } = await startFront([to]);
  const client = startTalker(endpoint, GET);
  await client.untilHeard(HINTS);
  answered.resolve();
  await client.untilHeard("\r\n\r\nok");
});

test("a worker that fails behind its hints is still answered for", async () => {
  const worker = await startScriptedWorker(({ socket }) => {
    socket.write(HINTS);
    setTimeout(() => socket.destroy(), 20);
  });
  const { endpoint } = await startFront([worker.endpoint]);
  const client = startTalker(endpoint, GET);
  await client.untilHeard("UWB_ERR_");
  expect(client.heard()).toMatch(/^HTTP\/1\.1 103 .*?\r\n\r\nHTTP\/1\.1 502 /s);
});

test("hints of a request come behind the answer to the one before", async () => {
  const worker = await startScriptedWorker(({ socket }) => {
    if (worker.requests.length === 2) socket.write(HINTS, () => socket.end(FINAL));
  });
  const { endpoint } = await startFront([worker.endpoint]);
  const client = startTalker(endpoint, GET + GET);
  await until(() => worker.requests.length === 1, "the first request arrived");
  worker.requests[0]?.socket.end(FINAL);
  await until(() => client.heard().split("\r\n\r\nok").length === 3, "both answers came");
  expect(client.heard()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*?ok(HTTP\/1\.1 103 .*?\r\n\r\n)?HTTP\/1\.1 200 /s);
});
