import { createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { PacketDecoder } from "../../src/codec/packet-decoder.ts";
import { PERSISTENCE } from "../../src/codec/persistence.ts";
import { type Endpoint, formatEndpoint, type Target } from "../../src/net/endpoint.ts";
import { listen } from "../../src/net/listen.ts";
import { anyPort } from "./endpoints.ts";

/**
 * How a worker meets requests: with a status, silence, bytes that are no answer, the end of the connection, or another protocol. `keeps`: it
 * keeps the connection, and closes it when the next request comes; `marks`: it writes the close mark instead.
 */
export type Mood = number | "hangs" | "garbage" | "closes" | "cuts" | "switches" | "keeps" | "marks";

const GARBAGE = "<html>It works!</html>\n\n";
const PONG = "\x64\x00\x00\x01";
const PING = 100;

/** A uwsgi server whose behaviour changes, and that can die and return. Its answers are its name. */
export class MoodyWorker {
  mood: Mood = 200;
  /** Paths that were asked for, in order. */
  readonly paths: string[] = [];
  readonly name: string;
  target: Target = anyPort as Target;
  readonly #sockets = new Set<Socket>();
  readonly #hung: Socket[] = [];
  #server: Server | undefined;

  private constructor(name: string) {
    this.name = name;
  }

  /** One that runs until the test is over. */
  static async start(name: string, endpoint: Endpoint = anyPort): Promise<MoodyWorker> {
    const worker = new MoodyWorker(name);
    worker.target = endpoint as Target;
    await worker.live();
    onTestFinished(() => worker.die());
    return worker;
  }

  /** Its address as `--to` takes it. */
  get to(): string {
    return formatEndpoint(this.target);
  }

  get port(): number {
    return this.target.type === "tcp" ? this.target.port : 0;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Listen, where it did before. */
  async live(): Promise<void> {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
    const { endpoint } = await listen(this.#server, this.target);
    this.target = endpoint as Target;
  }

  /** Its connections break, and nobody can connect. */
  die(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Answer 200 to those that it left without an answer. */
  relent(): void {
    this.mood = 200;
    for (const socket of this.#hung.splice(0)) this.#answer(socket);
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("end", () => socket.end());
    const decoder = new PacketDecoder();
    let isKept = false;
    socket.on("data", (chunk: Buffer) => {
      if (isKept) return void socket.end(this.mood === "marks" ? PERSISTENCE.closeMark : "", "latin1");
      if (chunk[0] === PING && this.mood !== "hangs") return void socket.end(PONG, "latin1");
      decoder.receive(chunk);
      const event = decoder.next();
      if (event.type !== "packet") return;
      this.paths.push(event.vars.find(([name]) => name === "PATH_INFO")?.[1] ?? "");
      isKept = this.mood === "keeps" || this.mood === "marks";
      this.#answer(socket);
    });
  }

  #answer(socket: Socket): void {
    const { mood, name } = this;
    if (mood === "hangs") this.#hung.push(socket);
    else if (mood === "switches")
      socket.write("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
    else if (mood === "garbage") socket.end(GARBAGE);
    else if (mood === "closes") socket.end();
    else if (mood === "cuts") socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
    else if (typeof mood === "string")
      socket.write(
        `HTTP/1.1 200 OK\r\n${PERSISTENCE.header}: 60\r\nContent-Length: ${name.length}\r\n\r\n${name}`,
      );
    else socket.end(`HTTP/1.1 ${mood} Mood\r\nContent-Length: ${name.length}\r\n\r\n${name}`);
  }
}
