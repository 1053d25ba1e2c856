import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { requestBytes } from "../../support/raw-peer.ts";
import type { StormProcess } from "./storm-process.ts";
import { BEGINNING } from "./tally.ts";

/** When a client leaves. */
export const moments = ["before the first byte", "during the response", "during its upload"] as const;
export type Moment = (typeof moments)[number];

/** How to reach an application, and in which language. */
export interface StormRoute {
  readonly name: string;
  readonly isHttp: boolean;
  readonly canReset: boolean;
  address(storm: StormProcess): { readonly path: string } | { readonly port: number; readonly host: string };
}

const host = "127.0.0.1";

export const routes: readonly StormRoute[] = [
  {
    name: "TCP",
    isHttp: false,
    canReset: true,
    address: ({ addresses }) => ({ host, port: addresses.tcpPort }),
  },
  {
    name: "a Unix socket",
    isHttp: false,
    canReset: false,
    address: ({ addresses }) => ({ path: addresses.unix }),
  },
  {
    name: "our front",
    isHttp: true,
    canReset: true,
    address: ({ addresses }) => ({ host, port: addresses.frontPort }),
  },
];

const PATHS: Readonly<Record<Moment, string>> = {
  "before the first byte": "/before",
  "during the response": "/half",
  "during its upload": "/upload",
};
const UPLOAD_BYTES = 100_000;

/** Connect and ask, and wait for the beginning of the response where there is one to leave in the middle of. */
export async function arrive(route: StormRoute, storm: StormProcess, moment: Moment): Promise<Socket> {
  const socket = connect(route.address(storm));
  socket.on("error", () => undefined);
  const length = moment === "during its upload" ? UPLOAD_BYTES : undefined;
  socket.write(requestTo(route, PATHS[moment], length));
  if (length !== undefined) socket.write(Buffer.alloc(length / 2));
  if (moment === "during the response") {
    let heard = "";
    while (!heard.includes(BEGINNING)) heard += String((await once(socket, "data"))[0]);
  }
  return socket;
}

/** The head of a request, in the language of the route. */
export function requestTo({ isHttp }: StormRoute, path: string, length: number | undefined): Buffer {
  const method = length === undefined ? "GET" : "POST";
  if (isHttp) {
    const field = length === undefined ? "" : `Content-Length: ${length}\r\n`;
    return Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: a.test\r\n${field}\r\n`);
  }
  const vars = { REQUEST_METHOD: method, REQUEST_URI: path, PATH_INFO: path };
  return requestBytes(length === undefined ? vars : { ...vars, CONTENT_LENGTH: String(length) });
}
