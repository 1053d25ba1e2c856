import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { readPacket } from "../../protocol/conformance/fuzz/packet-reductions.ts";
import { temporaryDirectory } from "../support/endpoints.ts";

/** What a worker can have that reads packets well otherwise. */
export type WorkerBug = "crash" | "leak" | "hang" | "injection" | "tokenless";

/** A worker of a few lines for the path of the environ, with one bug, that can be started again. */
export class BuggyWorker {
  readonly path: string;
  readonly #bug: WorkerBug | undefined;
  readonly #sockets = new Set<Socket>();
  #server: Server;
  #lastAnswer = "";
  starts = 0;

  private constructor(path: string, bug: WorkerBug | undefined) {
    this.path = path;
    this.#bug = bug;
    this.#server = this.#create();
  }

  static async start(bug?: WorkerBug): Promise<BuggyWorker> {
    const directory = await temporaryDirectory();
    const worker = new BuggyWorker(join(directory.path, "buggy.sock"), bug);
    await worker.start();
    onTestFinished(async () => {
      worker.#crash();
      await directory.remove();
    });
    return worker;
  }

  async start(): Promise<void> {
    this.starts += 1;
    this.#server = this.#create();
    await new Promise<void>((resolve) => this.#server.listen(this.path, 1024, resolve));
  }

  #create(): Server {
    return createServer({ allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket);
      let received = Buffer.alloc(0);
      socket.on("error", () => undefined);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("end", () => socket.end());
      socket.on("data", (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        this.#receive(received, socket);
      });
    });
  }

  #receive(received: Buffer, socket: Socket): void {
    const read = readPacket(received);
    if (!read) return;
    const value = (name: string): string => read.packet.vars.findLast(([key]) => key === name)?.[1] ?? "";
    if (this.#bug === "crash" && value("PATH_INFO").includes("\xff")) {
      this.#crash();
    } else if (this.#bug === "hang" && value("CONTENT_LENGTH").startsWith("-")) {
      socket.removeAllListeners("end");
    } else if (read.rest.length >= Number(value("CONTENT_LENGTH"))) {
      const isStale = this.#bug === "leak" && value("SERVER_PORT") === "";
      if (!isStale) this.#lastAnswer = this.#answerTo(value, read.rest.toString("latin1"));
      socket.end(this.#lastAnswer, "latin1");
    }
  }

  #answerTo(value: (name: string) => string, body: string): string {
    const path = this.#bug === "tokenless" && value("HTTP_HOST") === "" ? "" : value("PATH_INFO");
    const field = this.#bug === "injection" ? `X-Method: ${value("REQUEST_METHOD")}\r\n` : "";
    const page = value("REQUEST_METHOD") === "HEAD" ? "" : `${path} ${body}`;
    return `HTTP/1.1 200 OK\r\n${field}\r\n${page}`;
  }

  #crash(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
