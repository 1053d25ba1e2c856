import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import type { LimitAnswer, LimitChannel, LimitQuestion } from "../../../src/front/rate/limit-channel.ts";
import { LimitDesk } from "../../../src/front/rate/limit-desk.ts";
import type { RateLimit } from "../../../src/front/rate/rate-limit.ts";
import { rateLimits } from "../../../src/front/rate/rate-options.ts";
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { type Talker, talkOn } from "../../support/tunnels.ts";

/** What a client got. */
export interface Got {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** Ask from an address of this machine, 127.0.0.x, on a connection of its own. */
export function getFrom(localAddress: string, endpoint: Endpoint, path = "/"): Promise<Got> {
  const { host, port } = tcp(endpoint);
  return new Promise((resolve, reject) => {
    const outgoing = request({ host, port, path, localAddress, agent: false }, (incoming) => {
      let text = "";
      incoming.on("data", (chunk: Buffer) => {
        text += chunk.toString("latin1");
      });
      incoming.once("end", () => {
        const { statusCode: status = 0, headers } = incoming;
        resolve({ status, retryAfter: headers["retry-after"], text });
      });
    });
    outgoing.once("error", reject);
    outgoing.end();
  });
}

/** The status that each of so many requests at the same time has, in no particular order. */
export async function crowdFrom(localAddress: string, endpoint: Endpoint, count: number): Promise<number[]> {
  const all = await Promise.all(Array.from({ length: count }, () => getFrom(localAddress, endpoint)));
  return all.map(({ status }) => status).sort();
}

/** A raw connection from an address of this machine. */
export function talkFrom(localAddress: string, endpoint: Endpoint, bytes: string): Talker {
  const socket: Socket = connect({ ...tcp(endpoint), localAddress });
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on("error", () => undefined);
  socket.write(bytes, "latin1");
  return talkOn(socket);
}

/** Where limits are counted: in the front, or by a desk that answers in a later turn. */
export const COUNTERS = ["here", "elsewhere"] as const;

/** A desk for these options, and the limits it counts. */
export function deskFor(options: Omit<FrontOptions, "to">): {
  readonly limits: readonly RateLimit[];
  readonly channel: LimitChannel;
} {
  const limits = rateLimits(options);
  const desk = new LimitDesk(limits);
  const listeners: ((answer: LimitAnswer) => void)[] = [];
  const respond = (question: LimitQuestion): void => {
    const answer = desk.respond(1, question);
    if (answer) for (const listener of listeners) listener(answer);
  };
  return {
    limits,
    channel: {
      ask: (question) => {
        setImmediate(() => respond(question));
        return true;
      },
      onAnswer: (listener) => void listeners.push(listener),
    },
  };
}

function tcp(endpoint: Endpoint): { readonly host: string; readonly port: number } {
  if (endpoint.type !== "tcp") throw new Error("clients have addresses over TCP");
  return { host: endpoint.host, port: endpoint.port };
}
