import { createServer, type ListenOptions, type Server, type Socket } from "node:net";
import type { Packet } from "../../../src/codec/packet.ts";
import { PacketDecoder } from "../../../src/codec/packet-decoder.ts";
import { offersPersistence, PERSISTENCE } from "../../../src/codec/persistence.ts";
import { tokensIn } from "../front/token.ts";

/** What is done with the request that bears a token in its REQUEST_URI. */
export interface Reply {
  /** @defaultValue 200 with the token */
  readonly bytes?: Buffer;
  /** Whether the request came. */
  hasCome: boolean;
}

/** A kept connection that is not used again is closed after this time, in milliseconds. */
const KEPT_MS = 20;
const KEEPS = Buffer.from(PERSISTENCE.header);

/** The uwsgi server behind a front that is fuzzed: it answers each request as it was told to, by its token. */
export class FuzzWorker {
  readonly #server: Server;
  readonly #replies = new Map<string, Reply>();
  readonly #sockets = new Set<Socket>();
  #fault: string | undefined;

  private constructor() {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#serve(socket));
  }

  /** @throws Error of the system when the address can not be listened on. */
  static listen(address: ListenOptions): Promise<FuzzWorker> {
    const worker = new FuzzWorker();
    return new Promise((resolve, reject) => {
      worker.#server.once("error", reject);
      worker.#server.listen({ backlog: 1024, ...address }, () => {
        worker.#server.off("error", reject);
        resolve(worker);
      });
    });
  }

  get address(): ReturnType<Server["address"]> {
    return this.#server.address();
  }

  expect(token: string, bytes?: Buffer): Reply {
    const reply: Reply = { hasCome: false, ...(bytes ? { bytes } : {}) };
    this.#replies.set(token, reply);
    return reply;
  }

  forget(tokens: Iterable<string>): void {
    for (const token of tokens) this.#replies.delete(token);
  }

  /** Why something that came was no packet; once. */
  takeFault(): string | undefined {
    const fault = this.#fault;
    this.#fault = undefined;
    return fault;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const reader = new RequestReader();
    let idle: NodeJS.Timeout | undefined;
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(idle);
      this.#sockets.delete(socket);
    });
    socket.on("end", () => socket.end());
    socket.on("data", (chunk: Buffer) => {
      clearTimeout(idle);
      const packet = this.#read(reader, chunk, socket);
      if (!packet) return;
      const bytes = this.#replyTo(packet);
      if (offersPersistence(packet) && bytes.includes(KEEPS)) {
        socket.write(bytes);
        idle = setTimeout(() => socket.end(), KEPT_MS);
      } else socket.end(bytes);
    });
  }

  #read(reader: RequestReader, chunk: Buffer, socket: Socket): Packet | undefined {
    try {
      return reader.receive(chunk);
    } catch (error) {
      this.#fault = error instanceof Error ? error.message : String(error);
      socket.destroy();
      return undefined;
    }
  }

  #replyTo({ vars }: Packet): Buffer {
    const uri = vars.find(([name]) => name === "REQUEST_URI")?.[1] ?? "";
    const [token = "none"] = tokensIn(uri);
    const reply = this.#replies.get(token);
    if (reply) reply.hasCome = true;
    return reply?.bytes ?? goodReply(token);
  }
}

/** Reads packets and their bodies from one connection. */
class RequestReader {
  #decoder = new PacketDecoder();
  #packet: Packet | undefined;
  #missing = 0;

  /** @returns A packet whose body is there too. */
  receive(chunk: Buffer): Packet | undefined {
    if (this.#packet) {
      this.#missing -= chunk.length;
    } else {
      this.#decoder.receive(chunk);
      const event = this.#decoder.next();
      if (event.type !== "packet") return undefined;
      this.#packet = event;
      const length = event.vars.find(([name]) => name === "CONTENT_LENGTH")?.[1] ?? "";
      this.#missing = Number(length) - this.#decoder.takeRemainder().length;
    }
    if (this.#missing > 0) return undefined;
    const packet = this.#packet;
    this.#packet = undefined;
    this.#decoder = new PacketDecoder();
    return packet;
  }
}

function goodReply(token: string): Buffer {
  const body = `token ${token}!`;
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    "latin1",
  );
}
