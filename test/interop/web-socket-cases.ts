import { once } from "node:events";
import { expect, test } from "vitest";
import { type RawData, WebSocket } from "ws";
import type { WorkerStats } from "../../src/worker/worker.ts";
import { sendHttp } from "../support/http-client.ts";
import { until } from "../support/wait.ts";

/** A way from a WebSocket client to our worker with `webSocketEcho`. */
export interface WebSocketWay {
  readonly port: number;
  stats(): WorkerStats;
}

/** What has to hold for WebSockets, whoever stands between the client and the worker. */
export function webSocketCases(way: () => WebSocketWay): void {
  test("messages go to and fro, long ones and binary ones too", async () => {
    const socket = await open(way(), "/chat");
    expect(await answerTo(socket, "hello")).toEqual(Buffer.from("hello"));
    const long = Buffer.alloc(3 * 1024 * 1024, "0123456789");
    expect(Buffer.compare(await answerTo(socket, long), long)).toBe(0);
    expect(way().stats().tunnels).toBe(1);
    socket.close(1000, "done");
    const [code, reason] = (await once(socket, "close")) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1000, "done"]);
    await until(() => way().stats().tunnels === 0, "the worker forgot the connection");
  });

  test("a client that vanishes takes the connection with it", async () => {
    const socket = await open(way(), "/chat");
    await until(() => way().stats().tunnels === 1, "the worker has it");
    socket.terminate();
    await until(() => way().stats().tunnels === 0, "the worker forgot it");
  });

  test("an application that declines is heard", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${way().port}/other`);
    socket.on("error", () => undefined);
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(426);
    socket.terminate();
  });

  test("an ordinary request is answered as usual", async () => {
    expect((await sendHttp(way().port, { path: "/chat" })).status).toBe(426);
  });
}

async function open({ port }: WebSocketWay, path: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await once(socket, "open");
  return socket;
}

async function answerTo(socket: WebSocket, message: string | Buffer): Promise<Buffer> {
  const answer = once(socket, "message");
  socket.send(message);
  const [data] = (await answer) as [RawData];
  return data as Buffer;
}
