import { connect, type Socket } from "node:net";
import type { ConnectionEnd } from "../front/http-answer.ts";
import type { WorkerTarget } from "../worker/worker-target.ts";
import { FuzzFailure } from "./fuzz-failure.ts";

const NOBODY_THERE = ["ECONNREFUSED", "ENOENT", "ECONNRESET"];
const BACKLOG_FULL = "EAGAIN";
const BACKLOG_PAUSE_MS = 5;

/** One connection to the subject of a fuzz run. */
export class FuzzConnection {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];
  #end: ConnectionEnd = "open";
  #look: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#look();
    });
    socket.on("end", () => this.#ended("fin"));
    socket.on("error", () => this.#ended("reset"));
    socket.on("close", () => this.#ended("reset"));
  }

  /** @throws {@link FuzzFailure} `crash` when nobody accepts. */
  static async open(target: WorkerTarget): Promise<FuzzConnection> {
    for (;;) {
      try {
        return new FuzzConnection(await connected(target));
      } catch (error) {
        const { code = "", message } = error as NodeJS.ErrnoException;
        if (NOBODY_THERE.includes(code))
          throw new FuzzFailure("crash", "connections are no longer accepted", message);
        if (code !== BACKLOG_FULL) throw error;
        await new Promise((resolve) => setTimeout(resolve, BACKLOG_PAUSE_MS));
      }
    }
  }

  static async isPossible(target: WorkerTarget): Promise<boolean> {
    try {
      (await FuzzConnection.open(target)).close();
      return true;
    } catch (error) {
      if (error instanceof FuzzFailure) return false;
      throw error;
    }
  }

  /** Everything heard so far. */
  get bytes(): Buffer {
    const [first] = this.#chunks;
    return this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
  }

  get end(): ConnectionEnd {
    return this.#end;
  }

  send(bytes: Buffer): void {
    if (this.#end !== "reset" && this.#socket.writable) this.#socket.write(bytes);
  }

  /** Close our sending side and go on reading. */
  halfClose(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Wait until the condition holds or the connection has ended. False: neither came in time. */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isMet: boolean): void => {
        clearTimeout(timer);
        this.#look = () => undefined;
        resolve(isMet);
      };
      const timer = setTimeout(() => settle(false), timeoutMs);
      this.#look = () => {
        if (this.#end !== "open" || condition()) settle(true);
      };
      this.#look();
    });
  }

  #ended(end: ConnectionEnd): void {
    if (this.#end !== "open") return;
    this.#end = end;
    this.#look();
  }
}

function connected(target: WorkerTarget): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, allowHalfOpen: true, noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}
