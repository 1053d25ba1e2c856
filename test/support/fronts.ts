import { createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Packet } from "../../src/codec/packet.ts";
import { PacketDecoder } from "../../src/codec/packet-decoder.ts";
import { createFront, type Front } from "../../src/front/front.ts";
import type { FrontOptions } from "../../src/front/options.ts";
import { type Endpoint, formatEndpoint } from "../../src/net/endpoint.ts";
import { listen } from "../../src/net/listen.ts";
import { anyPort } from "./endpoints.ts";
import { RecordingLog } from "./recording-log.ts";
import { endpointFor, type Transport } from "./workers.ts";

export interface StartedFront {
  readonly front: Front;
  readonly endpoint: Endpoint;
  readonly log: RecordingLog;
}

/** A front before these servers, closed when the test is over. */
export async function startFront(
  to: readonly Endpoint[],
  options: Omit<FrontOptions, "to"> = {},
): Promise<StartedFront> {
  const log = new RecordingLog();
  const front = createFront({ log, ...options, to: to.map(formatEndpoint) });
  const endpoint = await front.listen(anyPort);
  onTestFinished(() => front.close(0));
  return { front, endpoint, log };
}

/** One connection to a scripted worker. */
export interface ScriptedRequest {
  readonly socket: Socket;
  readonly packet: Packet;
  /** Bytes that followed the packet so far. */
  body(): Buffer;
}

export interface ScriptedWorker {
  readonly endpoint: Endpoint;
  readonly requests: readonly ScriptedRequest[];
}

/** A uwsgi server that does what a test tells it to, good or bad, once it has read a packet. */
export async function startScriptedWorker(
  answer: (request: ScriptedRequest) => void,
  transport: Transport = "tcp",
): Promise<ScriptedWorker> {
  const requests: ScriptedRequest[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    const decoder = new PacketDecoder();
    const chunks: Buffer[] = [];
    let hasPacket = false;
    socket.on("data", (chunk: Buffer) => {
      if (hasPacket) {
        chunks.push(chunk);
        return;
      }
      decoder.receive(chunk);
      const event = decoder.next();
      if (event.type !== "packet") return;
      hasPacket = true;
      chunks.push(decoder.takeRemainder() as Buffer);
      const request = { socket, packet: event, body: () => Buffer.concat(chunks) };
      requests.push(request);
      answer(request);
    });
  });
  const { endpoint } = await listen(server, await endpointFor(transport));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { endpoint, requests };
}

/** The vars of a packet as an object. */
export function varsOf(request: ScriptedRequest | undefined): Record<string, string> {
  return Object.fromEntries(request?.packet.vars ?? []);
}
