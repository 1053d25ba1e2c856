import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChunkedDecoder, type ErrorCode, ProtocolError } from "../../src/codec/index.ts";
import { bytes, cutAnyhow, damaged } from "./arbitraries.ts";

interface Chunk {
  readonly data: Buffer;
  readonly extension: string;
  readonly zeros: number;
  readonly upper: boolean;
}

interface Body {
  readonly chunks: readonly Chunk[];
  readonly trailers: readonly string[];
  readonly behind: Buffer;
}

const chunk: fc.Arbitrary<Chunk> = fc.record({
  data: fc.uint8Array({ minLength: 1, maxLength: 40 }).map((array) => Buffer.from(array)),
  extension: fc.constantFrom("", ";", ";a=1", ";a=1;b"),
  zeros: fc.integer({ min: 0, max: 3 }),
  upper: fc.boolean(),
});
const body: fc.Arbitrary<Body> = fc.record({
  chunks: fc.array(chunk, { maxLength: 8 }),
  trailers: fc.array(fc.constantFrom("X: 1", "Set-Cookie: a=1", "anything at all"), { maxLength: 3 }),
  behind: bytes(10),
});

describe("a chunked body", () => {
  test("decodes to what a plain encoder was given, whatever the cuts", () => {
    const connection = body.chain((sent) => cutAnyhow(encode(sent)).map((cuts) => ({ sent, cuts })));
    fc.assert(
      fc.property(connection, ({ sent, cuts }) => {
        expect(run(cuts)).toEqual({
          data: Buffer.concat(sent.chunks.map(({ data }) => data)).toString("hex"),
          rest: sent.behind.toString("hex"),
          done: true,
          error: undefined,
        });
      }),
    );
  });

  test("that is cut short is never done", () => {
    const short = body
      .map((sent) => encode({ ...sent, behind: Buffer.alloc(0) }))
      .chain((wire) => fc.nat({ max: wire.length - 1 }).map((length) => wire.subarray(0, length)));
    fc.assert(
      fc.property(short, (wire) => {
        expect(run([wire])).toMatchObject({ done: false, rest: "", error: undefined });
      }),
    );
  });
});

test("arbitrary bytes decode, need more or raise a ProtocolError, and the cuts do not change which", () => {
  const alphabet = fc.constantFrom("0", "1", "3", "a", "F", "\r\n", "\r", "\n", ";", " ", "x");
  const wire = fc.oneof(
    bytes(40),
    fc.array(alphabet, { maxLength: 30 }).map((parts) => Buffer.from(parts.join(""))),
    body.map(encode).chain(damaged),
  );
  const connection = wire.chain((sent) => cutAnyhow(sent).map((cuts) => ({ sent, cuts })));
  fc.assert(
    fc.property(connection, ({ sent, cuts }) => {
      const whole = run([sent]);
      const inPieces = run(cuts);
      if (whole.error === undefined) expect(inPieces).toEqual(whole);
      else expect(inPieces).toMatchObject({ done: false, error: whole.error });
    }),
    { numRuns: 1000 },
  );
});

function run(cuts: readonly Uint8Array[]): {
  data: string;
  rest: string;
  done: boolean;
  error: { code: ErrorCode; offset: number } | undefined;
} {
  const decoder = new ChunkedDecoder();
  const data: Uint8Array[] = [];
  const rest: Uint8Array[] = [];
  let error: { code: ErrorCode; offset: number } | undefined;
  try {
    for (const bytesOfCut of cuts) {
      const decoded = decoder.decode(bytesOfCut);
      data.push(...decoded.data);
      rest.push(decoded.rest);
    }
  } catch (thrown) {
    if (!(thrown instanceof ProtocolError)) throw thrown;
    error = { code: thrown.code, offset: thrown.offset };
  }
  return {
    data: Buffer.concat(data).toString("hex"),
    rest: Buffer.concat(rest).toString("hex"),
    done: decoder.done,
    error,
  };
}

function encode({ chunks, trailers, behind }: Body): Buffer {
  return Buffer.concat([
    ...chunks.flatMap(({ data, extension, zeros, upper }) => {
      const digits = data.length.toString(16);
      const size = "0".repeat(zeros) + (upper ? digits.toUpperCase() : digits);
      return [Buffer.from(`${size}${extension}\r\n`), data, Buffer.from("\r\n")];
    }),
    Buffer.from(`0\r\n${trailers.map((trailer) => `${trailer}\r\n`).join("")}\r\n`),
    behind,
  ]);
}
