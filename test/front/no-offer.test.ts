import { expect, test } from "vitest";
import type { Application } from "../../src/gateway/types.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { startFront, startScriptedWorker } from "../support/fronts.ts";
import { sendHttp } from "../support/http-client.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { startTalker, upgradeRequest } from "../support/tunnels.ts";
import { startWorker } from "../support/workers.ts";

/** Answers with its path, and agrees to every switch of protocols. */
const app: Application = (environ, startResponse) => {
  const upgrade = environ["uwsgi_bridge.upgrade"];
  if (upgrade) {
    upgrade(startResponse, "101 Switching Protocols", [["Upgrade", "echo"]]);
    return [];
  }
  startResponse(200, []);
  return [Buffer.from(environ.PATH_INFO)];
};

function portOf(endpoint: Endpoint): number {
  if (endpoint.type !== "tcp") throw new Error("not a port");
  return endpoint.port;
}

test("a switch of protocols takes no kept connection", async () => {
  const { endpoint: to } = await startWorker(app);
  const log = new RecordingLog();
  const { endpoint, front } = await startFront([to], { upgrade: ["echo"], log });
  await sendHttp(portOf(endpoint));
  expect(front.stats().upstreams).toMatchObject([{ idle: 1 }]);

  const client = startTalker(endpoint, upgradeRequest("echo"));
  expect(await client.untilHeard("\r\n\r\n")).toContain("101 Switching Protocols");
  expect(log.lines.map(({ message }) => message)).not.toContain("a request is sent again");
});

test("a POST whose vars leave no room for the offer takes no kept connection", async () => {
  const headers = ["one", "two", "three"].map((name) => [`X-${name}`, "1"] as const);
  const post = { method: "POST", path: "/post", headers, body: Buffer.from("body") };
  const probed = await startScriptedWorker(({ socket }) => socket.end("HTTP/1.1 200 OK\r\n\r\nok"));
  const probe = await startFront([probed.endpoint], { persist: false, earlyHints: false });
  await sendHttp(portOf(probe.endpoint), post);
  const maxVars = probed.requests[0]?.packet.vars.length ?? 0;

  const { endpoint: to } = await startWorker(app);
  const { endpoint, front } = await startFront([to], { maxVars });
  await sendHttp(portOf(endpoint));
  expect(front.stats().upstreams).toMatchObject([{ idle: 1 }]);
  expect((await sendHttp(portOf(endpoint), post)).text).toBe("/post");
});
