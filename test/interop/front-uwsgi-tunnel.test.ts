import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RawData, WebSocket } from "ws";
import { createFront, type Front } from "../../src/front/front.ts";
import { anyPort } from "../support/endpoints.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { until } from "../support/wait.ts";
import { describeWith } from "./peers.ts";
import { type PythonServer, startPython } from "./python.ts";

const APP = fileURLToPath(new URL("apps/websocket.py", import.meta.url));

describeWith(["uwsgi"], "WebSockets of a real uWSGI through our front", () => {
  let directory: string;
  let python: PythonServer;
  let front: Front;
  let url = "";

  beforeAll(async () => {
    directory = await makeTempDir();
    python = await startPython(directory, ["--wsgi-file", APP]);
    front = createFront({ to: [python.addresses.tcp] });
    const endpoint = await front.listen(anyPort);
    if (endpoint.type === "tcp") url = `ws://127.0.0.1:${endpoint.port}`;
  });

  afterAll(async () => {
    await front.close(0);
    await python.program.stop();
    await removeTempDir(directory);
  });

  test("messages go to and fro, and the end is passed on", async () => {
    const socket = new WebSocket(`${url}/chat`);
    await once(socket, "open");
    for (const message of ["hello", "x".repeat(100_000)]) {
      const answer = once(socket, "message");
      socket.send(message);
      const [data] = (await answer) as [RawData];
      expect(data.toString()).toBe(message);
    }
    expect(front.stats().tunnels).toBe(1);
    socket.close();
    await once(socket, "close");
    await until(() => front.stats().tunnels === 0, "the tunnel was closed");
  });

  test("an application that declines is heard", async () => {
    const socket = new WebSocket(`${url}/other`);
    socket.on("error", () => undefined);
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(426);
    socket.terminate();
  });
});
