import { createServer, type Socket } from "node:net";
import type { Packet } from "../../src/codec/packet.ts";
import { PacketDecoder } from "../../src/codec/packet-decoder.ts";
import { formatEndpoint } from "../../src/net/endpoint.ts";
import { listen } from "../../src/net/listen.ts";
import { anyPort } from "../support/endpoints.ts";
import type { Lab } from "./lab.ts";

/** One request as the script sees it. */
export interface ScriptedRequest {
  readonly socket: Socket;
  readonly packet: Packet;
  readonly body: string;
}

/**
 * A uwsgi server over TCP that does what a script says, request by request on one connection. Bodies have to come with their packet.
 *
 * @returns Its address.
 */
export async function startScript(lab: Lab, answer: (request: ScriptedRequest) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    let decoder = new PacketDecoder();
    socket.on("data", (chunk: Buffer) => {
      decoder.receive(chunk);
      const packet = decoder.next();
      if (packet.type !== "packet") return;
      const body = Buffer.from(decoder.takeRemainder()).toString("latin1");
      decoder = new PacketDecoder();
      answer({ socket, packet, body });
    });
  });
  const { endpoint } = await listen(server, anyPort);
  lab.atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return formatEndpoint(endpoint);
}

/** The value of a var. */
export function varOf({ packet }: ScriptedRequest, wanted: string): string {
  return packet.vars.find(([name]) => name === wanted)?.[1] ?? "";
}
