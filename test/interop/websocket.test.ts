import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import express from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { fromNode } from "../../src/adapters/index.ts";
import { formatEndpoint } from "../../src/net/endpoint.ts";
import { createWorker, type Worker } from "../../src/worker/worker.ts";
import { Channel } from "../support/channel.ts";
import { anyPort } from "../support/endpoints.ts";
import { sendHttp } from "../support/http-client.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { until } from "../support/wait.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { describeWith } from "./peers.ts";

const LARGE = Buffer.alloc(200_000, "0123456789");

describeWith(["nginx"], "Express and ws behind nginx", () => {
  let directory: string;
  let worker: Worker;
  let nginx: Nginx;
  const closed = new Channel<number>();
  const facts = new Channel<unknown>();

  beforeAll(async () => {
    directory = await makeTempDir();
    const server = createServer(express().get("/", (_request, response) => response.send("page")));
    const sockets = new WebSocketServer({ server, path: "/ws", perMessageDeflate: { threshold: 0 } });
    sockets.on("connection", (socket, { url, socket: { remoteAddress, remotePort } }) => {
      facts.push({ url, remoteAddress, hasPort: typeof remotePort === "number" });
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
      socket.on("close", (code) => closed.push(code));
    });
    worker = createWorker(fromNode(server));
    const path = join(directory, "app.sock");
    await worker.listen({ type: "unix", path }, { mode: 0o666 });
    const tcp = formatEndpoint(await worker.listen(anyPort));
    nginx = await startNginx(directory, [`unix:${path}`, tcp]);
  });

  afterAll(async () => {
    await nginx.program.stop();
    await worker.close(0);
    await removeTempDir(directory);
  });

  describe.each([0, 1])("server %i", (index) => {
    const connect = async (path = "/ws?a=1"): Promise<WebSocket> => {
      const client = new WebSocket(`ws://127.0.0.1:${nginx.ports[index]}${path}`);
      await once(client, "open");
      return client;
    };

    test("the connection knows its client", async () => {
      const client = await connect();
      expect(await facts.next()).toEqual({ url: "/ws?a=1", remoteAddress: "127.0.0.1", hasPort: true });
      client.close(1000);
      expect(await closed.next()).toBe(1000);
    });

    test("messages, compressed and large, come back", async () => {
      const client = await connect();
      await facts.next();
      expect(client.extensions).toBe("permessage-deflate");
      for (const message of [Buffer.from("hello"), LARGE]) {
        client.send(message);
        const [echo] = (await once(client, "message")) as [Buffer];
        expect(echo.equals(message)).toBe(true);
      }
      client.close(4321);
      expect(await closed.next()).toBe(4321);
    });

    test("a client that leaves: 1006, and nothing is left of the connection", async () => {
      const client = await connect();
      await facts.next();
      client.terminate();
      expect(await closed.next()).toBe(1006);
      await until(() => worker.stats().openConnections === 0, "the connection is closed");
    });

    test("a path that ws does not serve is refused with its answer", async () => {
      const client = new WebSocket(`ws://127.0.0.1:${nginx.ports[index]}/other`);
      const [error] = (await once(client, "error")) as [Error];
      expect(error.message).toBe("Unexpected server response: 400");
    });

    test("pages are served beside tunnels", async () => {
      const client = await connect();
      await facts.next();
      expect(await sendHttp(nginx.ports[index] ?? 0)).toMatchObject({ status: 200, text: "page" });
      client.close();
      expect(await closed.next()).toBe(1005);
    });
  });
});
