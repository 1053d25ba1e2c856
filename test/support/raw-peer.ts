import { connect, type Socket } from "node:net";
import { encodePacket } from "../../src/codec/packet-encoder.ts";
import type { Vars } from "../../src/codec/vars.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";

/** How a conversation over a raw socket ended, and what was heard until then. */
export interface Heard {
  readonly text: string;
  /** `fin`: the peer closed in order; `reset`: it reset the connection. */
  readonly end: "fin" | "reset";
}

/** Vars of an ordinary GET; `changes` replace or add, `undefined` removes. */
export function requestVars(changes: Readonly<Record<string, string | undefined>> = {}): Vars {
  const vars: Record<string, string | undefined> = {
    REQUEST_METHOD: "GET",
    REQUEST_URI: "/x",
    PATH_INFO: "/x",
    QUERY_STRING: "",
    SERVER_PROTOCOL: "HTTP/1.1",
    HTTP_HOST: "a.test",
    SERVER_NAME: "a.test",
    SERVER_PORT: "80",
    ...changes,
  };
  return Object.entries(vars).filter((pair): pair is [string, string] => pair[1] !== undefined);
}

/** A packet of `modifier1` 0 and a body, as bytes. */
export function requestBytes(changes: Readonly<Record<string, string | undefined>> = {}, body = ""): Buffer {
  const packet = encodePacket({ modifier1: 0, modifier2: 0, vars: requestVars(changes) });
  return Buffer.concat([packet, Buffer.from(body, "latin1")]);
}

export function connectTo(endpoint: Endpoint): Socket {
  if (endpoint.type === "fd") throw new Error("a test can not connect to a descriptor");
  return connect(
    endpoint.type === "unix"
      ? { path: endpoint.path, allowHalfOpen: true }
      : { ...endpoint, allowHalfOpen: true },
  );
}

/** Everything the peer says until the connection ends; our side stays open until then. */
export function listenTo(socket: Socket): Promise<Heard> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const text = (): string => Buffer.concat(chunks).toString("latin1");
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => resolve({ text: text(), end: "reset" }));
    socket.on("end", () => {
      socket.end();
      resolve({ text: text(), end: "fin" });
    });
  });
}

/** Send these pieces one after the other, each in a segment of its own, and listen to the end. */
export async function converse(
  endpoint: Endpoint,
  pieces: readonly Uint8Array[],
  halfClose = false,
): Promise<Heard> {
  const socket = connectTo(endpoint);
  const heard = listenTo(socket);
  socket.setNoDelay(true);
  for (const piece of pieces) {
    socket.write(piece);
    if (pieces.length > 1) await new Promise((resolve) => setImmediate(resolve));
  }
  if (halfClose) socket.end();
  return heard;
}

/** The status of a response, or `closed` when there is none. */
export function statusOf(text: string): number | "closed" {
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1];
  return status === undefined ? "closed" : Number(status);
}

/** What follows the head of a response. */
export function bodyOf(text: string): string {
  return text.slice(text.indexOf("\r\n\r\n") + 4);
}
