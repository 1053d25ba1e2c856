import type { Socket } from "node:net";
import { crowd } from "./crowds.ts";
import type { Lab } from "./lab.ts";

/** How slow clients go about it. */
export interface SlowPlan {
  readonly clients: number;
  /** What each sends at once. */
  readonly text: string;
  /** Between two bytes that follow. */
  readonly everyMs: number;
}

const AT_A_TIME = 50;

/** Clients that send a byte now and then. */
export class SlowCrowd {
  readonly #open = new Set<Socket>();
  #longestMs = 0;
  #heard = "";

  /** Those that are not closed yet. */
  get open(): number {
    return this.#open.size;
  }

  /** From the opening of a connection to its end, the longest. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** The status of an answer that one of them got. */
  get answer(): string {
    return /^HTTP\/1\.1 (\d+)/.exec(this.#heard)?.[1] ?? "none";
  }

  static async start(lab: Lab, port: number, { clients, text, everyMs }: SlowPlan): Promise<SlowCrowd> {
    const slow = new SlowCrowd();
    for (let count = 0; count < clients; count += AT_A_TIME) {
      const some = await crowd(lab, port, Math.min(AT_A_TIME, clients - count), text);
      for (const socket of some) slow.#watch(socket);
      const timer = setInterval(() => {
        for (const socket of some) if (socket.writable) socket.write("a");
      }, everyMs);
      lab.atEnd(() => clearInterval(timer));
    }
    return slow;
  }

  #watch(socket: Socket): void {
    const openedAt = performance.now();
    this.#open.add(socket);
    socket.on("data", (chunk: Buffer) => {
      this.#heard ||= chunk.toString("latin1");
    });
    socket.once("close", () => {
      this.#open.delete(socket);
      this.#longestMs = Math.max(this.#longestMs, performance.now() - openedAt);
    });
  }
}
