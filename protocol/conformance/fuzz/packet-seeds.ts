import { encodePacket } from "../../../src/codec/packet-encoder.ts";
import { PERSISTENCE } from "../../../src/codec/persistence.ts";
import { type RequestShape, requestBytes } from "../worker/request-bytes.ts";
import type { Seeds } from "./input.ts";
import { PLACES } from "./tokens.ts";

const { T } = PLACES;
const [OFFER, OFFERED] = PERSISTENCE.offer;
const TEXT = { CONTENT_TYPE: "text/plain" } as const;

const shapes: readonly RequestShape[] = [
  { path: `/env/${T}` },
  { path: `/read/${T}`, body: `token ${T}`, vars: TEXT },
  { path: `/env/${T}`, vars: { HTTP_COOKIE: "a=1", HTTP_X_A: "", SCRIPT_NAME: "", HTTPS: "on" } },
  {
    path: `/env/${T}`,
    more: [
      ["HTTP_X_A", "1"],
      ["HTTP_X_A", "2"],
      ["QUERY_STRING", "a=%20"],
    ],
  },
  { path: `/readline/${T}`, body: `token ${T}\nnext line\n` },
  { path: `/env/${T}`, method: "HEAD" },
  { path: `/env/${T}`, modifier2: PERSISTENCE.modifier2, vars: { [OFFER]: OFFERED } },
  {
    path: `/read/${T}`,
    body: `kept ${T}`,
    modifier2: PERSISTENCE.modifier2,
    vars: { [OFFER]: OFFERED, CONTENT_TYPE: "text/plain" },
  },
  { path: `/length/${T}`, body: { fill: "body", times: 4000 } },
];

/** Requests that every worker with the contract app answers with 200. */
export const goodPackets: Seeds = shapes.map((shape) => requestBytes(shape, "").bytes) as [
  Buffer,
  ...Buffer[],
];

/** Packets to start from, those included that few workers take. */
export const packetSeeds: Seeds = [
  ...goodPackets,
  requestBytes(
    {
      path: `/read/${T}`,
      method: "POST",
      vars: { HTTP_TRANSFER_ENCODING: "chunked" },
      surplus: "5\r\nhello\r\n0\r\n\r\n",
    },
    "",
  ).bytes,
  Buffer.from(encodePacket({ modifier1: 100, modifier2: 0, vars: [] })),
];

/** Put into packets whole. */
export const packetWords: readonly string[] = [
  "\x0e\x00CONTENT_LENGTH\x01\x005",
  "\x0e\x00CONTENT_LENGTH\x02\x00-1",
  "\x16\x00HTTP_TRANSFER_ENCODING\x07\x00chunked",
  "\x09\x00PATH_INFO\x00\x00",
  "\xc8\x00\x00\x00",
  "\xff\xff",
  "\r\n\r\n",
];

/** The request that follows on a connection that was kept. */
export function followingPacket(token: string): Buffer {
  return requestBytes(
    { path: `/env/${token}`, modifier2: PERSISTENCE.modifier2, vars: { [OFFER]: OFFERED } },
    "",
  ).bytes;
}
