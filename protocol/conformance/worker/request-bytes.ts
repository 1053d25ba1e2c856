import { encodePacket } from "../../../src/codec/packet-encoder.ts";
import type { Vars } from "../../../src/codec/vars.ts";

/** What is written to the worker. */
export interface Sent {
  readonly bytes: Buffer;
  /** Method in the packet: decides where the response ends. */
  readonly method: string;
}

/** A request, described by what differs from an ordinary GET. */
export interface RequestShape {
  /** Path of the contract app, as in `/read`; `{token}` stands for the name of the run. */
  readonly path: string;
  readonly method?: string;
  /** Vars to replace or add; `undefined` leaves one out. */
  readonly vars?: Readonly<Record<string, string | undefined>>;
  /** Vars behind the others, repeated names included. */
  readonly more?: Vars;
  /** With a body comes its CONTENT_LENGTH, unless `vars` says otherwise. Characters are bytes. */
  readonly body?: string | { readonly fill: string; readonly times: number };
  /** Bytes behind the body. */
  readonly surplus?: string;
  /** @defaultValue 0 */
  readonly modifier1?: number;
  /** @defaultValue 0 */
  readonly modifier2?: number;
}

/** The request as bytes. */
export function requestBytes(shape: RequestShape, token: string): Sent {
  const { modifier1 = 0, modifier2 = 0, surplus = "" } = shape;
  const body = bodyText(shape.body);
  const vars = requestVars(shape, token);
  const packet = encodePacket({ modifier1, modifier2, vars });
  return {
    bytes: Buffer.concat([packet, Buffer.from(body + surplus, "latin1")]),
    method: vars.findLast(([name]) => name === "REQUEST_METHOD")?.[1] ?? "GET",
  };
}

/** The vars of the request, in the order they are sent in. */
export function requestVars(shape: RequestShape, token: string): Vars {
  const path = shape.path.replace("{token}", token);
  const body = bodyText(shape.body);
  const vars: Record<string, string | undefined> = {
    REQUEST_METHOD: shape.method ?? (body === "" ? "GET" : "POST"),
    REQUEST_URI: path,
    PATH_INFO: path,
    QUERY_STRING: "",
    SCRIPT_NAME: "",
    SERVER_PROTOCOL: "HTTP/1.1",
    SERVER_NAME: "example.test",
    SERVER_PORT: "80",
    REMOTE_ADDR: "203.0.113.7",
    HTTP_HOST: "example.test",
    ...(body === "" ? {} : { CONTENT_LENGTH: String(body.length) }),
    ...shape.vars,
  };
  const given = Object.entries(vars).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return [...given, ...(shape.more ?? [])];
}

function bodyText(body: RequestShape["body"]): string {
  if (body === undefined) return "";
  return typeof body === "string" ? body : body.fill.repeat(body.times);
}

/** A header and whatever is to stand behind it, well formed or not. A string is latin-1, a number a uint16. */
export function rawPacket(modifiers: readonly [number, number], datasize: number, ...parts: RawPart[]): Sent {
  const header = Buffer.from([modifiers[0], datasize & 0xff, datasize >> 8, modifiers[1]]);
  return { bytes: Buffer.concat([header, rawBytes(...parts)]), method: "GET" };
}

/** A vars block as given, with the `datasize` that fits it. */
export function rawBlock(...parts: RawPart[]): Sent {
  const block = rawBytes(...parts);
  return rawPacket([0, 0], block.length, block);
}

/** A number stands for a uint16 in little-endian order. */
export type RawPart = Uint8Array | string | number;

export function rawBytes(...parts: RawPart[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === "number") return Buffer.from([part & 0xff, part >> 8]);
      return typeof part === "string" ? Buffer.from(part, "latin1") : part;
    }),
  );
}
