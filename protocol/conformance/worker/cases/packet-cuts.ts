import { setTimeout as sleep } from "node:timers/promises";
import { failed, passed } from "../../case.ts";
import { spec } from "../../sources.ts";
import { ok, refused } from "../checks.ts";
import { notCalled } from "../counts.ts";
import { requestBytes, type Sent } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, scriptCases, type WorkerCase } from "../worker-case.ts";

const HEADER = spec("2");
const PAUSED_BYTES = 5;
const LOST = "The bytes stand for a request that was cut: an application that runs on them runs on guesses.";
const malformed = { allow: refused, counts: notCalled, routes: ["call"] } as const;

/** Cut a good packet after so many bytes; what is missing never comes. */
function cut(bytes: number): (token: string) => Sent {
  return (token) => ({
    bytes: requestBytes({ path: `/call/${token}` }, token).bytes.subarray(0, bytes),
    method: "GET",
  });
}

const CUT: readonly ExchangeRow[] = [
  { name: "one-byte-then-close", bytes: 1, what: "one byte of the header" },
  { name: "three-bytes-then-close", bytes: 3, what: "three bytes of the header" },
  { name: "header-then-close", bytes: 4, what: "the header alone" },
  { name: "twenty-bytes-then-close", bytes: 20, what: "the beginning of the vars" },
].map(
  ({ name, bytes, what }): ExchangeRow => ({
    name,
    rule: `A connection that closes after ${what} is broken off, and nothing runs`,
    source: HEADER,
    why: LOST,
    send: cut(bytes),
    halfClose: true,
    ...malformed,
  }),
);

export const packetCutCases: readonly WorkerCase[] = [
  ...exchangeCases("packet", [
    ...CUT,
    {
      name: "last-byte-missing",
      rule: "A packet that lacks its last byte is not run when the connection closes",
      source: HEADER,
      why: LOST,
      send: (token) => {
        const { bytes } = requestBytes({ path: `/call/${token}` }, token);
        return { bytes: bytes.subarray(0, -1), method: "GET" };
      },
      halfClose: true,
      ...malformed,
    },
  ]),
  ...scriptCases("packet", [
    {
      name: "byte-by-byte",
      rule: "A packet that comes byte by byte is read like one that comes whole",
      source: HEADER,
      why: "TCP may cut anywhere. A server that reads a header in one go reads a part of one.",
      routes: ["read"],
      story:
        "Sent: a POST, each byte in a write of its own with a pause behind the first five. Allowed: 200 and the body.",
      run: async (context) => {
        const { bytes, method } = requestBytes({ path: "/read", body: "abc" }, context.token);
        const conversation = await context.connect(method);
        const heard = conversation.answer();
        for (const [index, byte] of bytes.entries()) {
          await conversation.write([Buffer.from([byte])]);
          if (index < PAUSED_BYTES) await sleep(5);
        }
        const answer = await heard;
        const fault = ok("abc").fault(answer);
        return fault === undefined ? passed("200 abc") : failed("200 abc", fault, answer.bytes);
      },
    },
  ]),
];
