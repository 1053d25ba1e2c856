import { describe, expect, test } from "vitest";
import { type ScriptedRequest, startFront, startScriptedWorker, varsOf } from "../../support/fronts.ts";
import { startTalker, upgradeRequest } from "../../support/tunnels.ts";
import { until } from "../../support/wait.ts";

const allow = { upgrade: ["echo"] };
const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
const CONNECT = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n";
/** More than is read ahead: the front stops reading before it finds what stands behind. */
const MANY = 12;

function get(count: number): string {
  return "GET /earlier HTTP/1.1\r\nHost: a.test\r\n\r\n".repeat(count);
}

const waiting: readonly { readonly name: string; readonly bytes: string; readonly later?: string }[] = [
  { name: "an upgrade", bytes: get(1) + upgradeRequest("echo") },
  { name: "an upgrade behind many requests", bytes: get(MANY) + upgradeRequest("echo") },
  { name: "an upgrade with bytes behind it", bytes: `${get(1)}${upgradeRequest("echo")}early` },
  { name: "an upgrade with bytes that come later", bytes: get(1) + upgradeRequest("echo"), later: "early" },
  { name: "an upgrade that is none here", bytes: get(1) + upgradeRequest("foo") },
  { name: "CONNECT", bytes: get(1) + CONNECT },
];
const begun = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";

describe.each(waiting)("a client that leaves while $name waits for its turn is missed at once", (item) => {
  test.each([
    ["with its last bytes", "", "with them"],
    ["in order", "", "end"],
    ["in order, inside a response", begun, "end"],
    ["by a reset", "", "reset"],
  ])("%s", async (_how, answer, end) => {
    const worker = await startScriptedWorker(({ socket }) => socket.write(answer));
    const { front, endpoint } = await startFront([worker.endpoint], allow);
    const { socket, untilHeard } = startTalker(endpoint, item.bytes);
    if (item.later !== undefined) socket.write(item.later);
    if (end === "with them") socket.end();
    await until(() => worker.requests.length === 1, "the first request arrived");
    if (answer !== "") await untilHeard("half");
    if (end === "end") socket.end();
    if (end === "reset") socket.resetAndDestroy();
    await until(() => worker.requests[0]?.socket.readableEnded === true, "the worker learnt it");
    expect(front.stats().openRequests).toBe(0);
    expect(worker.requests).toHaveLength(1);
  });
});

test.each([
  ["an upgrade", upgradeRequest("echo"), "HTTP/1.1 101 "],
  ["an upgrade that is none here", upgradeRequest("foo"), "\r\n\r\n/up"],
  ["CONNECT", CONNECT, "HTTP/1.1 405 "],
])("a large response in front of %s is sent whole", async (_name, behind, wanted) => {
  const size = 8 * 1024 * 1024;
  const worker = await startScriptedWorker(({ socket, packet }) => {
    const { HTTP_UPGRADE: upgrade, PATH_INFO: path = "" } = varsOf({ packet } as ScriptedRequest);
    if (upgrade !== undefined) socket.write(SWITCH);
    else socket.end(`HTTP/1.1 200 OK\r\n\r\n${path === "/earlier" ? "x".repeat(size) : path}`);
  });
  const { endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, get(1) + behind);
  expect((await client.untilHeard(wanted)).length).toBeGreaterThan(size);
});

test("a tunnel behind many requests hears its client", async () => {
  const worker = await startScriptedWorker((request) => {
    const { socket } = request;
    if (varsOf(request)["HTTP_UPGRADE"] === undefined) {
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    socket.write(SWITCH);
    socket.on("data", (chunk: Buffer) => socket.write(`<${chunk}>`));
  });
  const { endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, get(MANY) + upgradeRequest("echo"));
  await client.untilHeard(SWITCH);
  client.socket.write("hello");
  await client.untilHeard("<hello>");
});
