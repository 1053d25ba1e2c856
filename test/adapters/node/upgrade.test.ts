import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { fromNode } from "../../../src/adapters/index.ts";
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { Channel } from "../../support/channel.ts";
import { bodyOf, connectTo, converse, listenTo, requestBytes, statusOf } from "../../support/raw-peer.ts";
import { signal, until } from "../../support/wait.ts";
import { startWorker, type Transport, transports } from "../../support/workers.ts";
import { withBrokenNode } from "./broken-node.ts";
import { makers } from "./modes.ts";

const UPGRADE = {
  HTTP_UPGRADE: "websocket",
  HTTP_CONNECTION: "keep-alive, Upgrade",
  HTTP_SEC_WEBSOCKET_KEY: "dGhlIHNhbXBsZSBub25jZQ==",
  HTTP_SEC_WEBSOCKET_VERSION: "13",
};
/** The answer that RFC 6455, section 1.3, gives to that key. */
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
/** What `ws` and others say to a client that they do not want. */
const REFUSAL = "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 2\r\n\r\n";
const LARGE = "x".repeat(200_000);

describe.each(transports)("over %s", (transport) => {
  test("handshake, echo, clean close", async () => {
    const { endpoint, closed, worker } = await startEcho(transport);
    const client = await Tunnel.open(endpoint);
    expect(client.head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(client.head).toContain(`Sec-WebSocket-Accept: ${ACCEPT}\r\n`);
    client.send(textFrame("hello"));
    expect(await client.nextText()).toBe("hello");
    client.send(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]));
    expect(await closed.next()).toBe(1000);
    await until(() => worker.stats().openConnections === 0, "the connection is closed");
  });

  test("frames that come along with the request are not lost", async () => {
    const { endpoint } = await startEcho(transport);
    const client = await Tunnel.open(endpoint, [textFrame("early")]);
    expect(await client.nextText()).toBe("early");
  });

  test("a large message, there and back", async () => {
    const { endpoint } = await startEcho(transport);
    const client = await Tunnel.open(endpoint);
    client.send(textFrame(LARGE));
    expect(await client.nextText()).toBe(LARGE);
  });

  test("a client that leaves: close code 1006", async () => {
    const { endpoint, closed } = await startEcho(transport);
    const client = await Tunnel.open(endpoint);
    client.socket.destroy();
    expect(await closed.next()).toBe(1006);
  });

  test("a tunnel holds no slot, and ends with the worker", async () => {
    const { endpoint, worker, closed } = await startEcho(transport, { maxConcurrentRequests: 1 });
    await Tunnel.open(endpoint);
    expect(bodyOf((await converse(endpoint, [requestBytes()])).text)).toBe("plain");
    await until(() => worker.stats().openConnections === 1, "only the tunnel is left");
    expect(worker.stats().runningRequests).toBe(0);
    await worker.close(0);
    expect(await closed.next()).toBe(1006);
    expect(worker.stats().openConnections).toBe(0);
  });

  test("a silent tunnel outlives the limits of a request", async () => {
    const { endpoint } = await startEcho(transport, {
      sendTimeoutMs: 50,
      bodyTimeoutMs: 50,
      headerTimeoutMs: 50,
    });
    const client = await Tunnel.open(endpoint);
    await new Promise((resolve) => setTimeout(resolve, 250));
    client.send(textFrame("still here"));
    expect(await client.nextText()).toBe("still here");
  });

  test("behind gateway middleware, on a stand-in", async () => {
    const echo = withEcho(plainServer());
    const app = fromNode(echo.server);
    const { endpoint } = await startWorker(
      (environ, startResponse) => app(environ, startResponse),
      {},
      {
        transport,
      },
    );
    const client = await Tunnel.open(endpoint, [textFrame("early")]);
    expect(client.head).toContain(`Sec-WebSocket-Accept: ${ACCEPT}\r\n`);
    expect(await client.nextText()).toBe("early");
    client.send(textFrame(LARGE));
    expect(await client.nextText()).toBe(LARGE);
    client.socket.destroy();
    expect(await echo.closed.next()).toBe(1006);
  });

  describe.each(["on the socket", "on a stand-in"] as const)("%s", (mode) => {
    test.each<{ name: string; refuse: (socket: Duplex) => unknown }>([
      { name: "ends", refuse: (socket) => socket.end(`${REFUSAL}no`) },
      { name: "destroys", refuse: (socket) => socket.write(`${REFUSAL}no`) && socket.destroy() },
    ])("a listener that refuses and $name: its answer arrives", async ({ refuse }) => {
      const app = makers[mode](plainServer().on("upgrade", (_request, socket) => refuse(socket)));
      const { endpoint } = await startWorker(app, {}, { transport });
      const { text, end } = await converse(endpoint, [requestBytes(UPGRADE)]);
      expect([statusOf(text), bodyOf(text), end]).toEqual([401, "no", "fin"]);
    });

    test.each<{ name: string; listen: (socket: Duplex) => unknown }>([
      { name: "ends without an answer", listen: (socket) => socket.end() },
      { name: "ends within the head", listen: (socket) => socket.end("HTTP/1.1 400 Bad") },
      { name: "says nothing", listen: (socket) => socket.resume() },
    ])("a listener that $name holds no slot when its client has left", async ({ listen }) => {
      const called = signal();
      const server = plainServer().on("upgrade", (_request, socket) => {
        socket.on("error", () => undefined);
        listen(socket);
        called.resolve();
      });
      const { endpoint, worker } = await startWorker(makers[mode](server), {}, { transport });
      const client = connectTo(endpoint).on("error", () => undefined);
      client.write(requestBytes(UPGRADE));
      await called.promise;
      client.resume().destroy();
      await until(() => worker.stats().runningRequests === 0, "the slot is free");
    });

    test("a limit of its own that an application meets with a listener does not end the connection", async () => {
      const server = plainServer().on("upgrade", (_request, socket) => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        (socket as Socket).setTimeout(20, () => socket.write("still there?"));
        socket.on("data", (block: Buffer) => socket.end(block));
      });
      const { endpoint } = await startWorker(makers[mode](server), {}, { transport });
      const client = connectTo(endpoint);
      const heard = listenTo(client);
      client.write(requestBytes(UPGRADE));
      while (!String(await once(client, "data")).includes("still there?"));
      client.write("yes");
      expect(bodyOf((await heard).text)).toBe("still there?yes");
    });
  });
});

test("what a client sends before anybody listens waits in the socket, and none of it is lost", async () => {
  const sockets = new Channel<Duplex>();
  const { endpoint } = await start("tcp", (_request, socket, head) => {
    socket.unshift(head);
    sockets.push(socket);
  });
  const client = connectTo(endpoint);
  client.setNoDelay(true);
  client.write(requestBytes(UPGRADE));
  for (let count = 0; count < 20; count += 1) {
    client.write(`piece ${count};`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.end();
  const socket = await sockets.next();
  const blocks: Buffer[] = [];
  for await (const block of socket) blocks.push(block as Buffer);
  const expected = Array.from({ length: 20 }, (_, count) => `piece ${count};`).join("");
  expect(Buffer.concat(blocks).toString()).toBe(expected);
});

describe("a request that is no upgrade for us is an ordinary one", () => {
  test.each([
    { name: "Upgrade without Connection", vars: { HTTP_UPGRADE: "websocket" } },
    { name: "Connection does not name it", vars: { HTTP_UPGRADE: "websocket", HTTP_CONNECTION: "close" } },
    { name: "a name that only contains the word", vars: { HTTP_UPGRADE: "x", HTTP_CONNECTION: "upgrades" } },
    { name: "an empty Upgrade", vars: { ...UPGRADE, HTTP_UPGRADE: "" } },
    { name: "no Upgrade", vars: { HTTP_CONNECTION: "upgrade" } },
  ])("$name", async ({ vars }) => {
    const { endpoint } = await startEcho("unix");
    expect(bodyOf((await converse(endpoint, [requestBytes(vars)])).text)).toBe("plain");
  });

  test("with a body", async () => {
    const { endpoint } = await startEcho("unix");
    const packet = requestBytes({ ...UPGRADE, REQUEST_METHOD: "POST", CONTENT_LENGTH: "4" }, "body");
    expect(bodyOf((await converse(endpoint, [packet])).text)).toBe("plain body");
  });

  test("nobody listens for upgrades", async () => {
    const { endpoint } = await startWorker(fromNode(plainServer()));
    expect(bodyOf((await converse(endpoint, [requestBytes(UPGRADE)])).text)).toBe("plain");
  });

  test("through Node's parser", async () => {
    const app = withBrokenNode(() => fromNode(withEcho(plainServer()).server));
    const { endpoint } = await startWorker(app);
    expect(bodyOf((await converse(endpoint, [requestBytes(UPGRADE)])).text)).toBe("plain");
  });
});

type OnUpgrade = (request: unknown, socket: Duplex, head: Buffer) => void;

function plainServer(): Server {
  return createServer((request, response) => {
    let text = "plain";
    request.on("data", (block: Buffer) => {
      text += ` ${block}`;
    });
    request.on("end", () => response.end(text));
  });
}

function start(transport: Transport, onUpgrade: OnUpgrade) {
  return startWorker(fromNode(plainServer().on("upgrade", onUpgrade)), {}, { transport });
}

/** `ws` sends back what it gets. The codes its connections were closed with come out of `closed`. */
function withEcho(server: Server): { readonly server: Server; readonly closed: Channel<number> } {
  const closed = new Channel<number>();
  new WebSocketServer({ server }).on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on("close", (code) => closed.push(code));
  });
  return { server, closed };
}

async function startEcho(transport: Transport, options: Parameters<typeof startWorker>[1] = {}) {
  const { server, closed } = withEcho(plainServer());
  return { closed, ...(await startWorker(fromNode(server), options, { transport })) };
}

/** A masked text frame, as a client sends it; the mask is zero. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length < 126)
    return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
  const head = Buffer.alloc(14);
  head.writeUInt16BE(0x81ff);
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** A client that speaks WebSocket by hand. */
class Tunnel {
  readonly socket: Socket;
  #heard = "";
  head = "";

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end());
    socket.on("data", (chunk: Buffer) => {
      this.#heard += chunk.toString("latin1");
    });
  }

  /** Ask for the upgrade, and send this without waiting for the answer. */
  static async open(endpoint: Endpoint, early: readonly Buffer[] = []): Promise<Tunnel> {
    const tunnel = new Tunnel(connectTo(endpoint));
    tunnel.socket.write(Buffer.concat([requestBytes(UPGRADE), ...early]));
    const end = (): number => tunnel.#heard.indexOf("\r\n\r\n") + 4;
    while (end() === 3) await once(tunnel.socket, "data");
    tunnel.head = tunnel.#take(end());
    return tunnel;
  }

  send(frame: Buffer): void {
    this.socket.write(frame);
  }

  /** The text of the next frame. */
  async nextText(): Promise<string> {
    const bytes = (): Buffer => Buffer.from(this.#heard, "latin1");
    const frame = (): { start: number; end: number } => {
      const code = bytes()[1] ?? 0;
      if (code < 126) return { start: 2, end: 2 + code };
      if (bytes().length < 10) return { start: 0, end: Number.POSITIVE_INFINITY };
      return { start: 10, end: 10 + Number(bytes().readBigUInt64BE(2)) };
    };
    while (this.#heard.length < 2 || this.#heard.length < frame().end) await once(this.socket, "data");
    const { start, end } = frame();
    return this.#take(end).slice(start);
  }

  #take(count: number): string {
    const taken = this.#heard.slice(0, count);
    this.#heard = this.#heard.slice(count);
    return taken;
  }
}
