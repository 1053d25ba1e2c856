import { closes, cutOff, gatewayError, page } from "../answer-expectations.ts";
import { both, type Expectation, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { answer, answerInParts, OK, type Script } from "../script.ts";
import { request } from "../template.ts";

const CHUNKS = "protocol/README.md section 5.5";
const SHOWN = "Clients show the sizes as text; gunicorn sends chunks.";
const CHUNKED = "Transfer-Encoding: chunked⏎";
/** An error, or an answer that is visibly incomplete where it had begun already. */
const failure: Expectation = either(gatewayError(), cutOff);
const goodOrFailure: Expectation = either(page(200), failure);

interface ChunkRow {
  readonly name: string;
  readonly rule: string;
  readonly sends: string | Script;
  readonly allow: Expectation;
  readonly best?: Expectation;
  readonly why?: string;
  readonly send?: string;
}

const GOOD: readonly ChunkRow[] = [
  {
    name: "one-chunk",
    rule: "Chunks are taken off, and the client gets the body",
    sends: `${OK}${CHUNKED}⏎f⏎{T}⏎0⏎⏎`,
    allow: page(200),
    why: "Clients show the sizes as text; gunicorn sends chunks.",
  },
  {
    name: "many",
    rule: "The data of all chunks is one body",
    sends: `${OK}${CHUNKED}⏎1⏎a⏎F⏎{T}⏎00001⏎b⏎0⏎⏎`,
    allow: page(200, { body: "a{T}b" }),
  },
  {
    name: "empty",
    rule: "A last chunk alone is an empty body",
    sends: `${OK}${CHUNKED}⏎0⏎⏎`,
    allow: page(200, { body: "" }),
  },
  {
    name: "extension",
    rule: "Extensions are skipped",
    sends: `${OK}${CHUNKED}⏎f;a=b⏎{T}⏎0;c⏎⏎`,
    allow: page(200),
  },
  {
    name: "trailers",
    rule: "Trailers do not reach the client as fields or as body",
    sends: `${OK}${CHUNKED}⏎f⏎{T}⏎0⏎X-T: 1⏎Set-Cookie: e=1⏎⏎`,
    allow: page(200, { fields: { "set-cookie": undefined } }),
  },
  {
    name: "in-any-case",
    rule: "The name chunked is read in any case",
    sends: `${OK}Transfer-Encoding: Chunked⏎⏎f⏎{T}⏎0⏎⏎`,
    allow: page(200),
  },
  {
    name: "to-http-1.0",
    rule: "A client of HTTP/1.0 gets the body without chunks",
    sends: `${OK}${CHUNKED}⏎f⏎{T}⏎0⏎⏎`,
    send: request({ version: "HTTP/1.0" }),
    allow: both(page(200), closes),
  },
  {
    name: "left-open",
    rule: "The last chunk ends the answer, whether the worker closes or not",
    sends: answer(`${OK}${CHUNKED}⏎f⏎{T}⏎0⏎⏎`, "hang"),
    allow: page(200),
    why: "gunicorn leaves connections open; the client would wait for a timeout.",
  },
  {
    name: "with-pause",
    rule: "Chunks that come with a pause are one body",
    sends: answerInParts([`${OK}${CHUNKED}⏎f⏎{T}`, "⏎1⏎x⏎", "0⏎⏎"], 60),
    allow: page(200, { body: "{T}x" }),
  },
];
const BROKEN: readonly ChunkRow[] = [
  {
    name: "size-not-hex",
    rule: "A size that is no number breaks the answer off",
    sends: `${OK}${CHUNKED}⏎zz⏎{T}⏎0⏎⏎`,
    allow: failure,
  },
  {
    name: "size-of-17-digits",
    rule: "A size that does not fit a number breaks the answer off",
    sends: `${OK}${CHUNKED}⏎1000000000000000f⏎{T}⏎0⏎⏎`,
    allow: failure,
  },
  {
    name: "without-line-end",
    rule: "Data without CRLF behind it breaks the answer off",
    sends: `${OK}${CHUNKED}⏎f⏎{T}XX0⏎⏎`,
    allow: failure,
  },
  {
    name: "with-bare-lf",
    rule: "Bare LF in chunked framing is read as a line end, or breaks the answer off",
    sends: `${OK}${CHUNKED}⏎f\n{T}\n0\n\n`,
    allow: goodOrFailure,
    best: failure,
  },
];
const rows = [...GOOD, ...BROKEN].map(
  ({ sends, why = SHOWN, send = request(), ...row }): FrontRow => ({
    ...row,
    source: CHUNKS,
    why,
    send,
    script: typeof sends === "string" ? answer(sends) : sends,
  }),
);

/** Chunks of the worker. */
export const responseChunkCases: readonly FrontCase[] = frontCases("response-chunks", rows);
