import { spec } from "../../sources.ts";
import { either, errorStatus, ok, refused } from "../checks.ts";
import { rawPacket } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const LENGTH = spec("4.1");
const GUESS = "Each guess at a length leaves bytes that somebody else reads as something else.";

const badLengths: readonly ExchangeRow[] = (
  [
    ["word", "abc"],
    ["negative", "-1"],
    ["plus", "+3"],
    ["suffix", "3x"],
    ["space", " 3"],
    ["hex", "0x3"],
    ["list", "3, 3"],
    ["2-to-64-and-3", "18446744073709551619"],
    ["fraction", "3.0"],
  ] as const
).map(
  ([name, value]): ExchangeRow => ({
    name: `length-${name}`,
    level: "SHOULD",
    rule: `A CONTENT_LENGTH of ${JSON.stringify(value)} is refused with 400`,
    source: LENGTH,
    why: `Digits, and nothing but digits. ${GUESS}`,
    send: { path: "/read", body: "abc", vars: { CONTENT_LENGTH: value } },
    allow: errorStatus(400, 413),
  }),
);

export const inputLengthCases: readonly WorkerCase[] = exchangeCases("input", [
  {
    name: "length-zero",
    rule: "With CONTENT_LENGTH 0 the input is empty",
    source: LENGTH,
    why: "A POST without a body says so.",
    send: { path: "/read", method: "POST", vars: { CONTENT_LENGTH: "0" } },
    allow: ok(""),
  },
  {
    name: "length-empty",
    rule: "An empty CONTENT_LENGTH means that there is no body",
    source: spec("3.3"),
    why: "nginx and the Caddy module send it so with every GET.",
    send: { path: "/read", vars: { CONTENT_LENGTH: "", CONTENT_TYPE: "" } },
    allow: ok(""),
  },
  {
    name: "length-leading-zeros",
    rule: "A CONTENT_LENGTH of 003 is three or refused",
    source: LENGTH,
    why: "Digits it is. It is not octal.",
    send: { path: "/read", body: "abc", vars: { CONTENT_LENGTH: "003" } },
    allow: either(ok("abc"), errorStatus(400, 400)),
  },
  ...badLengths,
  {
    name: "length-without-request",
    rule: "A packet with nothing but a CONTENT_LENGTH is refused, or not found, and does not hang",
    source: LENGTH,
    why: "The body that is announced comes, the request that should read it does not.",
    send: () => rawPacket([0, 0], 19, 14, "CONTENT_LENGTH", 1, "3", "abc"),
    allow: refused,
    routes: [],
  },
]);
