import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { clientFacts } from "../../../src/front/request/client-facts.ts";
import { temporaryDirectory } from "../../support/endpoints.ts";

/** Connect to a server. @returns Its side of the connection, and ours. */
async function connectionOf(server: Server, where: object): Promise<{ accepted: Socket; own: Socket }> {
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const own = connect(where as never);
  onTestFinished(() => void own.destroy());
  await once(own, "connect");
  return { accepted: (await accepted)[0], own };
}

async function listenAnywhere(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

test("both ends of a connection over TCP", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  const port = await listenAnywhere(server);
  const { accepted, own } = await connectionOf(server, { port, host: "127.0.0.1" });
  expect(clientFacts(accepted)).toEqual({
    remoteAddress: "127.0.0.1",
    remotePort: String(own.localPort),
    localPort: String(port),
    scheme: "http",
    isUnix: false,
  });
});

test("a server that listens elsewhere the next time", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  const first = await listenAnywhere(server);
  const before = await connectionOf(server, { port: first, host: "127.0.0.1" });
  expect(clientFacts(before.accepted).localPort).toBe(String(first));
  before.accepted.destroy();
  server.close();
  const second = await listenAnywhere(server);
  const after = await connectionOf(server, { port: second, host: "127.0.0.1" });
  expect(second).not.toBe(first);
  expect(clientFacts(after.accepted).localPort).toBe(String(second));
});

test("a connection that no server has accepted", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  const port = await listenAnywhere(server);
  const { own } = await connectionOf(server, { port, host: "127.0.0.1" });
  expect(clientFacts(own)).toMatchObject({ remotePort: String(port), localPort: String(own.localPort) });
});

test("a Unix socket has neither address nor port", async () => {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  const path = join(directory.path, "s");
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { accepted } = await connectionOf(server, { path });
  expect(clientFacts(accepted)).toEqual({
    remoteAddress: "",
    remotePort: "",
    localPort: "80",
    scheme: "http",
    isUnix: true,
  });
});

test("all requests of a connection have the same facts", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  const port = await listenAnywhere(server);
  const { accepted } = await connectionOf(server, { port, host: "127.0.0.1" });
  expect(clientFacts(accepted)).toBe(clientFacts(accepted));
});
