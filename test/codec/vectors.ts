import { readFileSync } from "node:fs";
import type { ErrorCode, HeaderPair, Packet, ResponseFraming, ResponseHead } from "../../src/codec/index.ts";

/** The golden vectors with their compact forms written out. Format: protocol/README.md, section 12. */

interface Named {
  readonly name: string;
  readonly spec: string;
  readonly wire: Buffer;
}

export interface Refusal {
  readonly error: { readonly code: ErrorCode; readonly offset: number };
  /** The error shows only when the peer closes. */
  readonly closed: boolean;
}

interface PacketOptions {
  readonly maxVarsBytes?: number;
  readonly maxVars?: number;
}

export interface PacketCase extends Named {
  readonly options: PacketOptions;
}

interface ResponseOptions {
  readonly method?: string;
  readonly maxHeadBytes?: number;
  readonly maxHeadFields?: number;
}

export interface ResponseCase extends Named {
  readonly options: ResponseOptions;
}

export interface ExpectedResponse {
  readonly interim: readonly ResponseHead[];
  readonly head: ResponseHead;
  readonly framing: ResponseFraming;
  readonly body: string;
  readonly surplus: boolean;
}

type Repeated<Key extends string, Value> = { readonly [key in Key]: Value } & { readonly times?: number };
type Text = string | Repeated<"text", string>;
type Hex = string | readonly (Text | Repeated<"hex", string>)[];
type Pair = readonly [Text, Text];

interface RawNamed {
  readonly name: string;
  readonly spec: string;
}

interface RawRefusal extends RawNamed {
  readonly error: Refusal["error"];
  readonly closed?: true;
}

interface RawPacketCase {
  readonly wire: Hex;
  readonly options?: PacketOptions;
}

interface RawPackets {
  readonly accept: readonly (RawNamed &
    RawPacketCase & {
      readonly packet: {
        readonly modifier1: number;
        readonly modifier2: number;
        readonly vars: readonly (Pair | Repeated<"pair", Pair>)[];
      };
      readonly rest?: Hex;
    })[];
  readonly reject: readonly (RawRefusal & RawPacketCase)[];
}

interface RawHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (Pair | Repeated<"field", Pair>)[];
}

interface RawResponseCase {
  readonly wire: readonly Text[];
  readonly method?: string;
  readonly options?: ResponseOptions;
}

interface RawResponses {
  readonly accept: readonly (RawNamed &
    RawResponseCase & {
      readonly interim?: readonly RawHead[];
      readonly head: RawHead;
      readonly framing: { readonly type: ResponseFraming["type"]; readonly length?: number };
      readonly body?: string;
      readonly surplus?: true;
    })[];
  readonly reject: readonly (RawRefusal & RawResponseCase)[];
}

export const packetsJson = readJson("packets.json");
export const responsesJson = readJson("responses.json");

// The parse boundary: vectors.test.ts holds both files against their schemas.
const packets = packetsJson as RawPackets;
const responses = responsesJson as RawResponses;

export const acceptedPackets: readonly (PacketCase & { readonly packet: Packet; readonly rest: string })[] =
  packets.accept.map((raw) => ({
    ...packetCase(raw),
    packet: { ...raw.packet, vars: raw.packet.vars.flatMap(pairs) },
    rest: hexBytes(raw.rest ?? "").toString("hex"),
  }));

export const refusedPackets: readonly (PacketCase & Refusal)[] = packets.reject.map((raw) => ({
  ...packetCase(raw),
  ...refusal(raw),
}));

export const acceptedResponses: readonly (ResponseCase & { readonly expected: ExpectedResponse })[] =
  responses.accept.map((raw) => ({
    ...responseCase(raw),
    expected: {
      interim: (raw.interim ?? []).map(responseHead),
      head: responseHead(raw.head),
      framing: { type: raw.framing.type, length: raw.framing.length } as ResponseFraming,
      body: raw.body ?? "",
      surplus: raw.surplus ?? false,
    },
  }));

export const refusedResponses: readonly (ResponseCase & Refusal)[] = responses.reject.map((raw) => ({
  ...responseCase(raw),
  ...refusal(raw),
}));

/** The bytes of spaced hex. */
export function unhex(text: string): Buffer {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../protocol/vectors/${name}`, import.meta.url), "utf8"));
}

function packetCase(raw: RawNamed & RawPacketCase): PacketCase {
  return { name: raw.name, spec: raw.spec, wire: hexBytes(raw.wire), options: raw.options ?? {} };
}

function responseCase(raw: RawNamed & RawResponseCase): ResponseCase {
  const method = raw.method === undefined ? {} : { method: raw.method };
  const wire = Buffer.from(raw.wire.map(text).join(""), "latin1");
  return { name: raw.name, spec: raw.spec, wire, options: { ...method, ...raw.options } };
}

function refusal(raw: RawRefusal): Refusal {
  return { error: raw.error, closed: raw.closed ?? false };
}

function responseHead(raw: RawHead): ResponseHead {
  return { ...raw, headers: raw.headers.flatMap(fields) };
}

function hexBytes(hex: Hex): Buffer {
  if (typeof hex === "string") return unhex(hex);
  return Buffer.concat(
    hex.map((part) => {
      if (typeof part === "string") return unhex(part);
      if ("hex" in part) return unhex(part.hex.repeat(part.times ?? 1));
      return Buffer.from(text(part), "latin1");
    }),
  );
}

function text(part: Text): string {
  return typeof part === "string" ? part : part.text.repeat(part.times ?? 1);
}

function pairs(entry: Pair | Repeated<"pair", Pair>): [string, string][] {
  return "pair" in entry ? repeated(entry.pair, entry.times) : repeated(entry, 1);
}

function fields(entry: Pair | Repeated<"field", Pair>): HeaderPair[] {
  return "field" in entry ? repeated(entry.field, entry.times) : repeated(entry, 1);
}

function repeated([key, value]: Pair, times = 1): [string, string][] {
  return Array.from({ length: times }, () => [text(key), text(value)]);
}
