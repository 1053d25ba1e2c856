import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { FrontAddress } from "../../protocol/conformance/front/http-connection.ts";
import { encodePacket } from "../../src/codec/packet-encoder.ts";

/** What a front can have that passes on what it does not look at. */
export type FrontBug = "crash" | "hang" | "leak" | "desync" | "smuggling" | "trust";

const REQUEST = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r\n((?:[^\r\n]+\r\n)*)\r\n/;

/** A front of a few lines for one worker, with one bug. It takes a request per turn, whole or not at all. */
export class CarelessFront {
  readonly #bug: FrontBug | undefined;
  readonly #workerPath: string;
  readonly #sockets = new Set<Socket>();
  #server = createServer();
  #port = 0;
  #lastAnswer = "";

  private constructor(workerPath: string, bug: FrontBug | undefined) {
    this.#workerPath = workerPath;
    this.#bug = bug;
  }

  static async start(workerPath: string, bug?: FrontBug): Promise<CarelessFront> {
    const front = new CarelessFront(workerPath, bug);
    await front.start();
    onTestFinished(() => front.#crash());
    return front;
  }

  get address(): FrontAddress {
    return { host: "127.0.0.1", port: this.#port, base: "" };
  }

  async start(): Promise<void> {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address !== null && typeof address !== "string") this.#port = address.port;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let received = "";
    let hasEnded = false;
    let isBusy = false;
    const serveNext = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      for (let used = await this.#serveOne(received, socket); used > 0; ) {
        received = received.slice(used);
        used = received === "" ? 0 : await this.#serveOne(received, socket);
      }
      isBusy = false;
      if (hasEnded) socket.end();
    };
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("end", () => {
      hasEnded = true;
      void serveNext();
    });
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      void serveNext();
    });
  }

  /** @returns How many characters the request took; 0: it is not complete, or the connection is over. */
  async #serveOne(received: string, socket: Socket): Promise<number> {
    const [head, method = "", target = "", fields = ""] = REQUEST.exec(received) ?? [];
    if (this.#bug === "crash" && received.includes("\x7f")) this.#crash();
    if (head === undefined) {
      if (received.includes("\r\n\r\n")) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      return 0;
    }
    const bodyEnd = this.#bodyEnd(received, head.length, fields);
    if (bodyEnd > received.length || bodyEnd < head.length) return 0;
    if (this.#bug === "hang" && fields.includes("\xff")) return new Promise(() => undefined);
    const isStale = this.#bug === "leak" && fields.includes("\x80");
    const answer = isStale ? this.#lastAnswer : await this.#ask(method, target);
    this.#lastAnswer = answer;
    socket.write(method === "HEAD" ? answer.replace(/\r\n\r\n.*$/s, "\r\n\r\n") : answer, "latin1");
    if (/^connection: *close/im.test(fields) || this.#bug === "trust") socket.end();
    return bodyEnd;
  }

  #bodyEnd(received: string, headLength: number, fields: string): number {
    if (/^transfer-encoding:/im.test(fields)) return received.indexOf("\r\n0\r\n\r\n") + 7;
    const length = Number(/^content-length: *(\d+)\r/im.exec(fields)?.[1] ?? 0);
    return this.#bug === "smuggling" ? headLength : headLength + length;
  }

  /** The answer with its length made sure; passed on as it is by a front that trusts its worker. */
  async #ask(method: string, target: string): Promise<string> {
    const raw = await new Promise<string>((resolve) => {
      const upstream = connect({ path: this.#workerPath });
      let heard = "";
      upstream.on("data", (chunk: Buffer) => {
        heard += chunk.toString("latin1");
      });
      upstream.on("error", () => undefined);
      upstream.on("close", () => resolve(heard));
      upstream.write(
        encodePacket({
          modifier1: 0,
          modifier2: 0,
          vars: [
            ["REQUEST_METHOD", method],
            ["REQUEST_URI", target],
          ],
        }),
      );
    });
    if (this.#bug === "trust") return raw;
    const [, status = "502"] = /^HTTP\/1\.[01] ([2-5]\d\d) .*\r\n\r\n/s.exec(raw) ?? [];
    const token = /cft[0-9a-f]{12}/.exec(raw)?.[0] ?? "";
    const page = this.#bug === "desync" && raw.includes("\x80") ? `${token}x` : token;
    const isBodyless = status === "204" || status === "304";
    const length = isBodyless ? "" : `Content-Length: ${token.length}\r\n`;
    return `HTTP/1.1 ${status} \r\n${length}\r\n${isBodyless ? "" : page}`;
  }

  #crash(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
