import { closes, cutOff, gatewayError, page } from "../answer-expectations.ts";
import { both, type Expectation, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { answer, answerInParts, LENGTH, OK, type Script } from "../script.ts";
import { request } from "../template.ts";

const FRAMING = "protocol/README.md section 5.4";
const TWO_WAYS = "Every way to read it that is passed on can become a second answer for somebody else.";
const CHUNKED = "Transfer-Encoding: chunked⏎";
/** An error, or an answer that is visibly incomplete where it had begun already. */
const failure: Expectation = either(gatewayError(), cutOff);
const goodOrFailure: Expectation = either(page(200), failure);

interface FramingRow {
  readonly name: string;
  readonly rule: string;
  readonly sends: string | Script;
  readonly allow: Expectation;
  readonly best?: Expectation;
  readonly source?: string;
  readonly why?: string;
  readonly send?: string;
  readonly times?: number;
}

const blocks = (count: number): string => "0123456789abcdef".repeat(count);

const GOOD: readonly FramingRow[] = [
  {
    name: "length",
    rule: "A body of the announced length is passed on",
    sends: `${OK}${LENGTH}⏎{T}`,
    allow: page(200),
  },
  {
    name: "length-zero",
    rule: "A length of 0 is an empty body",
    sends: `${OK}Content-Length: 0⏎⏎`,
    allow: page(200, { body: "" }),
  },
  {
    name: "until-close",
    rule: "Without a length the body ends with the connection, and the client can tell",
    sends: `${OK}⏎{T}`,
    allow: page(200),
  },
  {
    name: "until-close-empty",
    rule: "A body without a length may be empty",
    sends: `${OK}⏎`,
    allow: page(200, { body: "" }),
  },
  {
    name: "until-close-in-parts",
    rule: "A body without a length that comes in parts is one body",
    sends: answerInParts([`${OK}⏎`, "{T}", "x", "y"], 60),
    allow: page(200, { body: "{T}xy" }),
  },
  {
    name: "until-close-to-http-1.0",
    rule: "A client of HTTP/1.0 gets no chunks",
    sends: `${OK}⏎{T}`,
    send: request({ version: "HTTP/1.0" }),
    allow: both(page(200), closes),
    why: "It takes the sizes for text.",
  },
  {
    name: "length-to-http-1.0",
    rule: "A client of HTTP/1.0 gets the length",
    sends: `${OK}${LENGTH}⏎{T}`,
    send: request({ version: "HTTP/1.0" }),
    allow: both(page(200), closes),
  },
  {
    name: "length-in-parts",
    rule: "A body of known length that comes in parts is one body",
    sends: answerInParts([`${OK}Content-Length: 17⏎⏎`, "{T}", "x", "y"], 60),
    allow: page(200, { body: "{T}xy" }),
  },
  {
    name: "length-of-a-megabyte",
    rule: "A long body arrives whole and in order",
    sends: `${OK}Content-Length: 1048576⏎⏎${blocks(65_536)}`,
    allow: page(200, { body: blocks(65_536) }),
  },
  {
    name: "until-close-of-a-megabyte",
    rule: "A long body without a length arrives whole and in order",
    sends: `${OK}⏎${blocks(65_536)}`,
    allow: page(200, { body: blocks(65_536) }),
  },
  {
    name: "length-left-open",
    rule: "The announced length ends the answer, whether the worker closes or not",
    sends: answer(`${OK}${LENGTH}⏎{T}`, "hang"),
    allow: page(200),
    source: "protocol/README.md section 8",
    why: "gunicorn leaves connections open; the client would wait for a timeout.",
  },
];
const REFUSED: readonly FramingRow[] = [
  {
    name: "length-and-chunked",
    rule: "Content-Length and Transfer-Encoding together are an error of the worker, or chunks",
    sends: `${OK}${CHUNKED}${LENGTH}⏎f⏎{T}⏎0⏎⏎`,
    allow: goodOrFailure,
    best: gatewayError(),
  },
  {
    name: "two-lengths",
    rule: "Two different lengths are an error of the worker",
    sends: `${OK}Content-Length: 15⏎Content-Length: 17⏎⏎{T}xy`,
    allow: failure,
  },
  {
    name: "two-equal-lengths",
    rule: "Two equal lengths are an error of the worker, or one",
    sends: `${OK}${LENGTH}${LENGTH}⏎{T}`,
    allow: goodOrFailure,
    best: gatewayError(),
  },
  {
    name: "list-of-lengths",
    rule: "A list of lengths is an error of the worker, or one length",
    sends: `${OK}Content-Length: 15, 15⏎⏎{T}`,
    allow: goodOrFailure,
    best: gatewayError(),
  },
  ...["+15", "-1", "abc", "15abc", "0xf", "18446744073709551616", "18446744073709551631", ""].map(
    (length): FramingRow => ({
      name: `length-${length === "" ? "empty" : length.replace(/^\+/, "plus-").replace(/^-/, "minus-")}`,
      rule: "A length that is not plain digits is an error of the worker, or ignored",
      sends: `${OK}Content-Length: ${length}⏎⏎{T}`,
      allow: goodOrFailure,
      best: gatewayError(),
    }),
  ),
  {
    name: "coding-gzip-chunked",
    rule: "A coding that can not be taken off is an error of the worker",
    sends: `${OK}Transfer-Encoding: gzip, chunked⏎⏎f⏎{T}⏎0⏎⏎`,
    allow: failure,
  },
  {
    name: "coding-identity",
    times: 6,
    rule: "The coding identity is an error of the worker, or ignored",
    sends: `${OK}Transfer-Encoding: identity⏎⏎{T}`,
    allow: goodOrFailure,
    best: gatewayError(),
  },
  {
    name: "coding-chunked-twice",
    rule: "Chunked twice is an error of the worker",
    sends: `${OK}Transfer-Encoding: chunked, chunked⏎⏎f⏎{T}⏎0⏎⏎`,
    allow: failure,
  },
];

const rows = [...GOOD, ...REFUSED].map(
  ({ sends, source = FRAMING, why = TWO_WAYS, send = request(), ...row }): FrontRow => ({
    ...row,
    source,
    why,
    send,
    script: typeof sends === "string" ? answer(sends) : sends,
  }),
);

/** Where the body of the worker's answer ends. */
export const responseFramingCases: readonly FrontCase[] = frontCases("response-framing", rows);
