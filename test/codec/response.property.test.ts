import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type HeaderPair,
  parseResponseHead,
  type ResponseHead,
  responseHeadText,
} from "../../src/codec/index.ts";
import { bytes, cutAnyhow, damaged } from "./arbitraries.ts";
import { type ResponseRun, runResponse } from "./run-response.ts";
import { acceptedResponses, refusedResponses } from "./vectors.ts";

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const VISIBLE = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter((character) =>
  /[\x21-\x7e\x80-\xff]/.test(character),
);

const name = fc
  .string({ unit: fc.constantFrom(...TOKEN), minLength: 1, maxLength: 20 })
  .filter((text) => !/^(status|content-length|transfer-encoding)$/i.test(text));
/** What may stand in a value or a reason: nothing, or words with blanks between but not around them. */
const words = fc
  .array(fc.string({ unit: fc.constantFrom(...VISIBLE), minLength: 1, maxLength: 10 }), { maxLength: 4 })
  .chain((list) => fc.constantFrom(" ", "\t", " \t ").map((blank) => list.join(blank)));
const head = fc.record({
  status: fc.integer({ min: 200, max: 999 }).filter((status) => status !== 204 && status !== 304),
  reason: words,
  headers: fc.array(fc.tuple(name, words), { maxLength: 10 }),
});

describe("a head that was written", () => {
  test("is read as it was given", () => {
    fc.assert(
      fc.property(head, (given) => {
        expect(parseResponseHead(responseHeadText(given).slice(0, -2))).toEqual(given);
      }),
    );
  });
});

describe("a response", () => {
  const interim = fc.array(
    fc.record({ status: fc.integer({ min: 102, max: 199 }), reason: words, headers: fc.constant([]) }),
    { maxLength: 3 },
  );
  const response = fc.record({
    interim,
    head,
    body: bytes(60),
    framing: fc.constantFrom("length", "chunked", "close"),
  });

  test("comes out as it went in, whatever the cuts", () => {
    const connection = response.chain((sent) => cutAnyhow(encode(sent)).map((chunks) => ({ sent, chunks })));
    fc.assert(
      fc.property(connection, ({ sent, chunks }) => {
        expect(runResponse(chunks)).toMatchObject({
          outcome: "whole",
          interim: sent.interim,
          head: { status: sent.head.status, reason: sent.head.reason },
          framing: { type: sent.framing },
          body: sent.body.toString("latin1"),
          surplus: false,
        });
      }),
    );
  });

  test("that is cut short is never whole, unless its body runs up to the close", () => {
    const short = response
      .filter(({ framing }) => framing !== "close")
      .map(encode)
      .chain((wire) => fc.nat({ max: wire.length - 1 }).map((length) => wire.subarray(0, length)));
    fc.assert(
      fc.property(short, (wire) => {
        expect(runResponse([wire]).outcome).toMatchObject({
          code: "UWB_ERR_RESPONSE_TRUNCATED",
          offset: wire.length,
        });
      }),
    );
  });

  interface Sent {
    readonly interim: readonly ResponseHead[];
    readonly head: ResponseHead;
    readonly body: Buffer;
    readonly framing: string;
  }

  function encode(sent: Sent): Buffer {
    const { field, body } = framed(sent.body, sent.framing);
    const final = { ...sent.head, headers: [...sent.head.headers, ...field] };
    const heads = [...sent.interim, final].map(responseHeadText).join("");
    return Buffer.concat([Buffer.from(heads, "latin1"), body]);
  }

  function framed(body: Buffer, framing: string): { field: HeaderPair[]; body: Buffer } {
    if (framing === "length") return { field: [["Content-Length", String(body.length)]], body };
    if (framing === "close") return { field: [], body };
    const chunk =
      body.length > 0 ? [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")] : [];
    return {
      field: [["Transfer-Encoding", "chunked"]],
      body: Buffer.concat([...chunk, Buffer.from("0\r\n\r\n")]),
    };
  }
});

describe("arbitrary bytes", () => {
  const line = fc.constantFrom(
    "HTTP/1.1 200 OK",
    "HTTP/1.1 100 Continue",
    "HTTP/1.1 204",
    "HTTP/2 200",
    "Status: 404",
    "Content-Length: 3",
    "Content-Length: 03",
    "Transfer-Encoding: chunked",
    "X : 1",
    "X: 1",
    "3",
    "abc",
    "0",
    "",
  );
  const end = fc.constantFrom("\r\n", "\r\n", "\r\n", "\n", "\r", "");
  const vectors = [...acceptedResponses, ...refusedResponses].filter(({ wire }) => wire.length < 1000);
  const wire = fc.oneof(
    bytes(60),
    fc
      .array(fc.tuple(line, end), { maxLength: 10 })
      .map((lines) => Buffer.from(lines.map((parts) => parts.join("")).join(""))),
    fc.constantFrom(...vectors).chain((vector) => damaged(vector.wire)),
  );
  const options = fc.record({
    method: fc.constantFrom("GET", "HEAD"),
    maxHeadBytes: fc.constantFrom(20, 40, 60, 65_536),
    maxHeadFields: fc.constantFrom(1, 2, 256),
  });

  test("come to an end or raise a ProtocolError, and the cuts make no difference", () => {
    const connection = wire.chain((sent) => cutAnyhow(sent).map((chunks) => ({ sent, chunks })));
    fc.assert(
      fc.property(connection, options, ({ sent, chunks }, limits) => {
        const whole = runResponse([sent], limits);
        expect(whole.outcome).not.toBe("stuck");
        expect(withoutPartOfBody(runResponse(chunks, limits))).toEqual(withoutPartOfBody(whole));
      }),
      { numRuns: 3000 },
    );
  });

  /** How much of a body was read before an error depends on what arrived with it; nothing else may. */
  function withoutPartOfBody(run: ResponseRun): ResponseRun {
    return run.outcome === "whole" ? run : { ...run, body: "" };
  }
});
