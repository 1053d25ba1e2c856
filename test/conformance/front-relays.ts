import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { FrontAddress } from "../../protocol/conformance/front/http-connection.ts";
import type { Packet } from "../../src/codec/packet.ts";
import { PacketDecoder } from "../../src/codec/packet-decoder.ts";
import { encodePacket } from "../../src/codec/packet-encoder.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";

/** How a relay between a client and a front spoils what passes, a block as it came in. */
export interface HttpFaults {
  request?(text: string): string;
  /** @returns `undefined`: the connection is closed instead. */
  answer?(text: string, request: string): string | undefined;
  /** What the client gets at once, with the end of the connection; `undefined`: the front is asked. */
  instead?(request: string): string | undefined;
  /** The end of the front's connection is kept from the client. */
  readonly keepsOpen?: boolean;
}

/** How a relay between a front and its worker spoils what passes. */
export interface WorkerFaults {
  packet?(packet: Packet): Packet;
  /** Behind the packet. */
  body?(text: string): string;
  answer?(text: string): string;
  /** The sending side is closed behind the request. */
  readonly halfCloses?: boolean;
  /** Every request is sent on another connection too. */
  readonly sendsTwice?: boolean;
}

/** A relay that clients take for the front. */
export async function relayBefore(front: FrontAddress, faults: HttpFaults): Promise<FrontAddress> {
  const port = await listen((client) => {
    const upstream = connect({ host: front.host, port: front.port, allowHalfOpen: true });
    upstream.on("error", () => client.resetAndDestroy());
    client.on("error", () => upstream.resetAndDestroy());
    let request = "";
    client.on("data", (chunk) => {
      request = chunk.toString("latin1");
      const own = faults.instead?.(request);
      if (own !== undefined) {
        client.end(own, "latin1");
        return;
      }
      upstream.write(faults.request?.(request) ?? request, "latin1");
    });
    client.on("end", () => upstream.end());
    upstream.on("data", (chunk) => {
      const text = chunk.toString("latin1");
      const changed = faults.answer ? faults.answer(text, request) : text;
      if (changed === undefined) client.end();
      else client.write(changed, "latin1");
    });
    upstream.on("end", () => {
      if (!faults.keepsOpen) client.end();
    });
  });
  return { ...front, port };
}

/** A relay that a front takes for its worker. */
export async function relayBehind(worker: Endpoint, faults: WorkerFaults): Promise<Endpoint> {
  const port = await listen((front) => {
    const decoder = new PacketDecoder();
    let upstream: Socket | undefined;
    front.on("error", () => upstream?.destroy());
    front.on("end", () => upstream?.end());
    front.on("data", (chunk: Buffer) => {
      if (upstream) upstream.write(chunk);
      else upstream = begin(chunk, decoder, { front, worker, faults });
    });
  });
  return { type: "tcp", host: "127.0.0.1", port };
}

interface Relayed {
  readonly front: Socket;
  readonly worker: Endpoint;
  readonly faults: WorkerFaults;
}

/** Passes the packet on once it is there. */
function begin(chunk: Buffer, decoder: PacketDecoder, relayed: Relayed): Socket | undefined {
  const { worker, faults } = relayed;
  decoder.receive(chunk);
  const event = decoder.next();
  if (event.type !== "packet") return undefined;
  const packet = encodePacket(faults.packet?.(event) ?? event);
  const rest = Buffer.from(decoder.takeRemainder()).toString("latin1");
  const upstream = forward(relayed);
  for (const socket of faults.sendsTwice ? [upstream, connectTo(worker)] : [upstream]) {
    socket.write(packet);
    socket.write(faults.body?.(rest) ?? rest, "latin1");
  }
  if (faults.halfCloses) upstream.end();
  return upstream;
}

function forward({ front, worker, faults }: Relayed): Socket {
  const upstream = connectTo(worker);
  upstream.on("error", () => front.resetAndDestroy());
  upstream.on("data", (chunk) => {
    const text = chunk.toString("latin1");
    front.write(faults.answer?.(text) ?? text, "latin1");
  });
  upstream.on("end", () => front.end());
  return upstream;
}

function connectTo(endpoint: Endpoint): Socket {
  if (endpoint.type !== "tcp") throw new Error("the relay speaks TCP");
  const socket = connect({ host: endpoint.host, port: endpoint.port, allowHalfOpen: true });
  socket.on("error", () => undefined);
  return socket;
}

async function listen(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay listens over TCP");
  return address.port;
}
