import type { Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { connectHttp } from "./raw-http.ts";
import { until } from "./wait.ts";

/** One side of a conversation, and what it has heard. */
export interface Talker {
  readonly socket: Socket;
  heard(): string;
  /** Wait until this text was heard; what was heard so far is returned. */
  untilHeard(text: string): Promise<string>;
  /** Wait until the other side has ended its stream, or broken the connection. */
  untilEnd(): Promise<"fin" | "reset">;
}

/** Remember what a socket hears. */
export function talkOn(socket: Socket): Talker {
  let text = "";
  let end: "fin" | "reset" | undefined;
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  socket.on("end", () => {
    end ??= "fin";
  });
  socket.on("error", () => {
    end ??= "reset";
  });
  return {
    socket,
    heard: () => text,
    untilHeard: async (wanted) => {
      try {
        await until(() => text.includes(wanted), `${JSON.stringify(wanted)} was heard`);
      } catch (error) {
        throw new Error(`only ${JSON.stringify(text.slice(-500))} was heard`, { cause: error });
      }
      return text;
    },
    untilEnd: async () => {
      await until(() => end !== undefined, "the connection ended");
      return end ?? "fin";
    },
  };
}

/** A client of raw bytes, gone after the test. */
export function startTalker(endpoint: Endpoint, bytes: string): Talker {
  const socket = connectHttp(endpoint);
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write(bytes, "latin1");
  return talkOn(socket);
}

/** A request that asks for a protocol. */
export function upgradeRequest(protocol: string, extra = ""): string {
  return `GET /up HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n${extra}\r\n`;
}
