import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { WorkerTarget } from "../../protocol/conformance/worker/worker-target.ts";
import { HEADER_BYTES } from "../../src/codec/constants.ts";
import type { Packet } from "../../src/codec/packet.ts";
import { encodePacket } from "../../src/codec/packet-encoder.ts";
import { decodeVars } from "../../src/codec/vars.ts";

/** What a relay does wrong between the suite and an honest worker. */
export interface Mutation {
  /** Pass another packet on. */
  packet?(packet: Packet): Packet;
  /** Pass this on in place of a packet that can not be decoded; undefined stops listening for good. */
  malformed?(bytes: Buffer): Buffer | undefined;
  /** Pass this on in place of what follows the packet. */
  rest?(rest: Buffer, packet: Packet): Buffer;
  /** Say this in place of the whole answer. */
  answer?(answer: Buffer, packet: Packet | undefined): Buffer;
  /** Leave the connection open behind the answer. */
  readonly keepsOpen?: true;
  /** Close in order where the worker resets. */
  readonly hidesResets?: true;
  /** Do not tell the worker that the peer has left. */
  readonly hidesLeaving?: true;
  /** Pass a request on only when the peer has closed its side. */
  readonly waitsForEnd?: true;
  /** Take the first four bytes to come in one piece. */
  readonly readsHeaderAtOnce?: true;
}

/** Listen in front of a worker, and be wrong. Closed when the test is over. */
export async function startMutant(worker: WorkerTarget, mutation: Mutation): Promise<WorkerTarget> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    new RelayedConnection(socket, connect({ ...worker, allowHalfOpen: true }), mutation, () =>
      server.close(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  return { host: "127.0.0.1", port: address.port };
}

class RelayedConnection {
  readonly #peer: Socket;
  readonly #worker: Socket;
  readonly #mutation: Mutation;
  readonly #die: () => void;
  #received: Buffer = Buffer.alloc(0);
  readonly #answer: Buffer[] = [];
  #packet: Packet | undefined;
  #isPassed = false;

  constructor(peer: Socket, worker: Socket, mutation: Mutation, die: () => void) {
    this.#peer = peer;
    this.#worker = worker;
    this.#mutation = mutation;
    this.#die = die;
    peer.on("data", (chunk) => this.#receive(chunk));
    peer.on("end", () => this.#peerEnded());
    peer.on("error", () => this.#peerLeft());
    peer.on("close", () => this.#peerLeft());
    worker.on("data", (chunk) => this.#answered(chunk));
    worker.on("end", () => this.#workerEnded());
    worker.on("error", () => this.#workerReset());
  }

  #receive(chunk: Buffer): void {
    if (this.#isPassed) {
      this.#worker.write(chunk);
      return;
    }
    if (this.#mutation.readsHeaderAtOnce && this.#received.length === 0 && chunk.length < HEADER_BYTES) {
      this.#peer.destroy();
      return;
    }
    this.#received = Buffer.concat([this.#received, chunk]);
    if (!this.#mutation.waitsForEnd) this.#passOn();
  }

  #passOn(): void {
    const bytes = this.#received;
    if (bytes.length < HEADER_BYTES || bytes.length < HEADER_BYTES + bytes.readUInt16LE(1)) return;
    this.#isPassed = true;
    const end = HEADER_BYTES + bytes.readUInt16LE(1);
    try {
      const vars = decodeVars(bytes.subarray(HEADER_BYTES, end));
      this.#packet = { modifier1: bytes[0] ?? 0, modifier2: bytes[3] ?? 0, vars };
    } catch {
      this.#passMalformed(bytes);
      return;
    }
    const { packet: change, rest: changeRest } = this.#mutation;
    const rest = bytes.subarray(end);
    this.#worker.write(encodePacket(change?.(this.#packet) ?? this.#packet));
    this.#worker.write(changeRest?.(rest, this.#packet) ?? rest);
  }

  #passMalformed(bytes: Buffer): void {
    const passed = this.#mutation.malformed ? this.#mutation.malformed(bytes) : bytes;
    if (passed) {
      this.#worker.write(passed);
    } else {
      this.#die();
      this.#peer.destroy();
    }
  }

  #answered(chunk: Buffer): void {
    if (this.#mutation.answer) this.#answer.push(chunk);
    else this.#peer.write(chunk);
  }

  #workerEnded(): void {
    const { answer, keepsOpen } = this.#mutation;
    if (answer) this.#peer.write(answer(Buffer.concat(this.#answer), this.#packet));
    if (!keepsOpen) this.#peer.end();
  }

  #workerReset(): void {
    if (this.#mutation.hidesResets) this.#workerEnded();
    else if (!this.#peer.destroyed) this.#peer.resetAndDestroy();
  }

  #peerEnded(): void {
    if (this.#mutation.waitsForEnd) this.#passOn();
    if (!this.#isPassed) this.#worker.write(this.#received);
    if (!this.#mutation.hidesLeaving) this.#worker.end();
  }

  #peerLeft(): void {
    if (!this.#mutation.hidesLeaving) this.#worker.destroy();
  }
}
