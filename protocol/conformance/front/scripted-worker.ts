import { createServer, type ListenOptions, type Server, type Socket } from "node:net";
import type { Split } from "../case.ts";
import { Arrival } from "./arrival.ts";
import type { Script, Step } from "./script.ts";
import { cutBytes } from "./split.ts";

/** How the worker answers the requests of one case. */
export interface Order {
  readonly script: Script;
  readonly split: Split;
  readonly random: () => number;
}

/**
 * The uwsgi server that a front under test talks to. It reads packets, keeps every byte, and does with each what the case told it to
 * that owns the token in its vars.
 */
export class ScriptedWorker {
  readonly #server: Server;
  readonly #orders = new Map<string, Order>();
  readonly #arrivals: Arrival[] = [];
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#serve(socket));
  }

  /** @throws Error of the system when the address can not be listened on. */
  static listen(address: ListenOptions): Promise<ScriptedWorker> {
    const worker = new ScriptedWorker();
    return new Promise((resolve, reject) => {
      worker.#server.once("error", reject);
      worker.#server.listen(address, () => {
        worker.#server.off("error", reject);
        resolve(worker);
      });
    });
  }

  /** The address in use. */
  get address(): ReturnType<Server["address"]> {
    return this.#server.address();
  }

  /** Say what to do with requests that bear this token. */
  expect(token: string, order: Order): void {
    this.#orders.set(token, order);
  }

  /** Forget a token; a request that bears it later is a stray. */
  forget(token: string): void {
    this.#orders.delete(token);
    for (const arrival of this.arrivals(token)) this.#arrivals.splice(this.#arrivals.indexOf(arrival), 1);
  }

  /** Connections whose vars, or whose unreadable bytes, bear this token. */
  arrivals(token: string): readonly Arrival[] {
    return this.#arrivals.filter((arrival) => arrival.tokens.includes(token));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const arrival = new Arrival(() => this.#arrived(arrival, socket));
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => arrival.receive(chunk));
    socket.on("end", () => arrival.ended("fin"));
    socket.on("close", () => {
      arrival.ended("closed");
      this.#sockets.delete(socket);
    });
  }

  #arrived(arrival: Arrival, socket: Socket): void {
    this.#arrivals.push(arrival);
    const token = arrival.tokens.find((text) => this.#orders.has(text));
    const order = token === undefined ? undefined : this.#orders.get(token);
    if (token === undefined || !order || arrival.fault !== undefined) {
      socket.destroy();
      return;
    }
    void perform(order, { arrival, socket, token });
  }
}

interface Stage {
  readonly arrival: Arrival;
  readonly socket: Socket;
  readonly token: string;
}

async function perform(order: Order, stage: Stage): Promise<void> {
  for (const [index, step] of order.script.entries()) {
    if (stage.socket.destroyed) return;
    await performStep(step, order.script[index + 1], { order, ...stage });
  }
}

async function performStep(
  step: Step,
  next: Step | undefined,
  { order, arrival, socket, token }: Stage & { readonly order: Order },
): Promise<void> {
  switch (step.type) {
    case "body":
      return arrival.wholeBody();
    case "send": {
      arrival.answered();
      const pieces = cutBytes(bytesOf(step.text, token), order.split, order.random);
      // In one call, so that fronts that look at both at once see both.
      const last = next?.type === "fin" ? pieces.pop() : undefined;
      await send(socket, pieces);
      if (last) socket.end(last);
      return;
    }
    case "pause":
      return new Promise((resolve) => setTimeout(resolve, step.ms));
    case "fin":
      if (!socket.writableEnded) socket.end();
      return;
    case "reset":
      socket.resetAndDestroy();
      return;
    case "hang":
      return;
  }
}

async function send(socket: Socket, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    // The callback says that the bytes are with the system, so that a reset can not overtake them here.
    await new Promise((resolve) => socket.write(piece, resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function bytesOf(template: string, token: string): Buffer {
  return Buffer.from(template.replaceAll("⏎", "\r\n").replaceAll("{T}", token), "latin1");
}
