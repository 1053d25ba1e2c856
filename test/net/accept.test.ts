import { connect, createServer, type Server, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { acceptCheaply } from "../../src/net/accept.ts";
import { until } from "../support/wait.ts";

async function accepted(
  prepare: (server: Server) => void,
): Promise<{ socket: Socket; server: Server; client: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  prepare(server);
  const connection = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const { port } = server.address() as { port: number };
  const client = connect({ port, host: "127.0.0.1" });
  const socket = await connection;
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return { socket, server, client };
}

/** What can be seen of a socket without asking the system. */
function shapeOf(socket: Socket): Record<string, unknown> {
  const {
    allowHalfOpen,
    readable,
    writable,
    readableHighWaterMark,
    writableHighWaterMark,
    connecting,
    pending,
  } = socket;
  const keys = Object.keys(socket).sort();
  return {
    allowHalfOpen,
    readable,
    writable,
    readableHighWaterMark,
    writableHighWaterMark,
    connecting,
    pending,
    keys,
  };
}

test("a socket that was accepted cheaply is like any other", async () => {
  const plain = await accepted(() => undefined);
  const cheap = await accepted(acceptCheaply);
  expect(shapeOf(cheap.socket)).toEqual(shapeOf(plain.socket));
  expect(cheap.socket.remoteAddress).toBe("127.0.0.1");
});

test("the server counts it, and closes when it is gone", async () => {
  const { socket, server, client } = await accepted(acceptCheaply);
  const count = () =>
    new Promise((resolve) => server.getConnections((_error, connections) => resolve(connections)));
  expect(await count()).toBe(1);
  let isClosed = false;
  server.close(() => {
    isClosed = true;
  });
  expect(isClosed).toBe(false);
  socket.resume();
  client.destroy();
  socket.end();
  await until(() => isClosed, "the server is closed");
});

test("bytes pass, and a half-closed peer can still be answered", async () => {
  const { socket, client } = await accepted(acceptCheaply);
  const heard = new Promise<string>((resolve) =>
    client.once("data", (chunk: Buffer) => resolve(chunk.toString())),
  );
  const said = new Promise<string>((resolve) =>
    socket.once("data", (chunk: Buffer) => resolve(chunk.toString())),
  );
  client.end("ping");
  expect(await said).toBe("ping");
  await new Promise((resolve) => socket.once("end", resolve));
  socket.end("pong");
  expect(await heard).toBe("pong");
});
