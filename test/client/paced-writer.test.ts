import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { PacedWriter } from "../../src/client/paced-writer.ts";
import { UpstreamSocket } from "../../src/net/upstream-socket.ts";
import { sleep, until } from "../support/wait.ts";

async function connected(onConnection: (socket: Socket) => void): Promise<UpstreamSocket> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = new UpstreamSocket();
  socket.on("error", () => undefined);
  socket.connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  await new Promise((resolve) => socket.once("connect", resolve));
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  return socket;
}

const silent = { quietMs: () => Number.POSITIVE_INFINITY, onBlocked: () => undefined };

test("all blocks arrive, in order", async () => {
  const received: Buffer[] = [];
  const socket = await connected((peer) => peer.on("data", (chunk: Buffer) => received.push(chunk)));
  const blocks = [Buffer.alloc(200_000, "a"), Buffer.alloc(0), Buffer.alloc(3, "b")];
  await new PacedWriter(socket, silent).send(blocks);
  await until(() => Buffer.concat(received).length === 200_003, "everything arrives");
  expect(Buffer.concat(received).equals(Buffer.concat(blocks))).toBe(true);
});

test("at most 64 KiB leave per turn of the event loop", async () => {
  const socket = await connected((peer) => peer.resume());
  let most = 0;
  let written = 0;
  const original = socket.write.bind(socket) as (chunk: Uint8Array) => boolean;
  socket.write = ((chunk: Uint8Array) => {
    written += chunk.length;
    return original(chunk);
  }) as typeof socket.write;
  let running = true;
  const watch = (): void => {
    most = Math.max(most, written);
    written = 0;
    if (running) setImmediate(watch);
  };
  watch();
  await new PacedWriter(socket, silent).send([Buffer.alloc(1_000_000)]);
  running = false;
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(65_536);
});

test("while an answer comes in nothing is sent, and after a pause it goes on", async () => {
  let received = 0;
  const socket = await connected((peer) =>
    peer.on("data", (chunk: Buffer) => {
      received += chunk.length;
    }),
  );
  let quiet = 0;
  const sent = new PacedWriter(socket, { ...silent, quietMs: () => quiet }).send([Buffer.alloc(1000)]);
  await sleep(40);
  expect(received).toBe(0);
  quiet = Number.POSITIVE_INFINITY;
  await sent;
  await until(() => received === 1000, "the body arrives");
});

test("a writer that is stopped sends no more", async () => {
  let received = 0;
  const socket = await connected((peer) =>
    peer.on("data", (chunk: Buffer) => {
      received += chunk.length;
    }),
  );
  const writer = new PacedWriter(socket, silent);
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield Buffer.alloc(1000);
      if (received > 10_000) writer.stop();
    }
  }
  await writer.send(endless());
  expect(received).toBeGreaterThan(10_000);
});

test("a peer that takes nothing is reported, and so is its taking again", async () => {
  let peer: Socket | undefined;
  const socket = await connected((accepted) => {
    peer = accepted.pause();
  });
  const blocked: boolean[] = [];
  const sent = new PacedWriter(socket, { ...silent, onBlocked: (state) => blocked.push(state) }).send([
    Buffer.alloc(16 * 1024 * 1024),
  ]);
  await until(() => blocked.length === 1, "the peer is full");
  peer?.resume();
  await sent;
  expect(blocked.slice(0, 2)).toEqual([true, false]);
});

test("a write that fails keeps what has arrived readable, and ends the sending", async () => {
  const socket = await connected((peer) => {
    setTimeout(() => peer.write("the answer", () => peer.resetAndDestroy()), 20);
  });
  socket.pause();
  await sleep(60);
  const writer = new PacedWriter(socket, silent);
  await writer.send(Array.from({ length: 50 }, () => Buffer.alloc(65_536)));
  expect(socket.writeError).toBeInstanceOf(Error);
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.resume();
  await until(() => text !== "", "the answer is read");
  expect(text).toBe("the answer");
});

test("an error of the body's iterator is the caller's", async () => {
  const socket = await connected((peer) => peer.resume());
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(1);
    throw new RangeError("no more");
  }
  await expect(new PacedWriter(socket, silent).send(failing())).rejects.toThrow(RangeError);
});
