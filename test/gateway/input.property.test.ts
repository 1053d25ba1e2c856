import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Input } from "../../src/gateway/input.ts";
import { cutBySizes } from "../support/feed.ts";
import { nextTurn } from "./run-gateway.ts";

/** Many line feeds, so that lines begin and end everywhere. */
const body = fc
  .array(fc.constantFrom("a", "b", "\r", "\n", "\n", "\u00ff"), { maxLength: 60 })
  .map((characters) => Buffer.from(characters.join(""), "latin1"));

/** A body, and the blocks in which it arrives. */
const arrival = body.chain((bytes) =>
  fc
    .array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 })
    .map((sizes) => ({ bytes, blocks: cutBySizes(bytes, sizes).map((block) => Buffer.from(block)) })),
);

const size = fc.oneof(fc.constant(undefined), fc.integer({ min: -1, max: 12 }));
const call = fc.oneof(
  fc.record({ method: fc.constantFrom("read" as const, "readline" as const), size }),
  fc.record({ method: fc.constant("readlines" as const), size }),
);

/** What PEP 3333 says, written as plainly as can be: the whole body and a position in it. */
class Reference {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  read(size = -1): string {
    const end = size < 0 ? this.#bytes.length : Math.min(this.#position + size, this.#bytes.length);
    return this.#takeTo(end);
  }

  readline(size = -1): string {
    let end = this.#position;
    while (end < this.#bytes.length && (size < 0 || end - this.#position < size)) {
      end += 1;
      if (this.#bytes[end - 1] === 0x0a) break;
    }
    return this.#takeTo(end);
  }

  readlines(hint = -1): string[] {
    const lines: string[] = [];
    let total = 0;
    while (this.remaining > 0 && (hint <= 0 || total < hint)) {
      const line = this.readline();
      lines.push(line);
      total += line.length;
    }
    return lines;
  }

  #takeTo(end: number): string {
    const text = this.#bytes.toString("latin1", this.#position, end);
    this.#position = end;
    return text;
  }
}

describe("however a body is cut into blocks", () => {
  test("any calls, before and while it arrives, give what a naive reader of the whole gives", async () => {
    await fc.assert(
      fc.asyncProperty(arrival, fc.array(call, { maxLength: 12 }), fc.nat(20), async (sent, calls, early) => {
        const input = new Input(sent.bytes.length, idle);
        for (const block of sent.blocks.slice(0, early)) input.receive(block);
        const results = calls.map(({ method, size }) => input[method](size));
        for (const block of sent.blocks.slice(early)) {
          await nextTurn();
          input.receive(block);
        }
        const reference = new Reference(sent.bytes);
        const expected = calls.map(({ method, size }) => reference[method](size));
        expect((await Promise.all(results)).map(text)).toEqual(expected);
        expect(input.remaining).toBe(reference.remaining);
      }),
    );
  });

  test("its lines are the same, and so is what chunks() adds up to", async () => {
    await fc.assert(
      fc.asyncProperty(arrival, async ({ bytes, blocks }) => {
        const [byLine, byChunk] = [new Input(bytes.length, idle), new Input(bytes.length, idle)];
        const reading = Promise.all([gather(byLine), gather(byChunk.chunks())]);
        for (const block of blocks) {
          byLine.receive(block);
          byChunk.receive(block);
          await nextTurn();
        }
        const [lines, chunks] = await reading;
        expect(lines).toEqual(new Reference(bytes).readlines());
        expect(chunks).toEqual(blocks.filter((block) => block.length > 0).map(text));
      }),
    );
  });

  test("of unknown length, it is the same once it is finished", async () => {
    await fc.assert(
      fc.asyncProperty(arrival, fc.array(call, { maxLength: 6 }), async ({ bytes, blocks }, calls) => {
        const input = new Input(Number.POSITIVE_INFINITY, idle);
        const results = calls.map(({ method, size }) => input[method](size));
        for (const block of blocks) input.receive(block);
        await nextTurn();
        input.finish();
        const reference = new Reference(bytes);
        const expected = calls.map(({ method, size }) => reference[method](size));
        expect((await Promise.all(results)).map(text)).toEqual(expected);
      }),
    );
  });
});

const idle = { pause: () => undefined, resume: () => undefined };

function text(result: Buffer | Buffer[]): string | string[] {
  return Array.isArray(result) ? result.map((line) => line.toString("latin1")) : result.toString("latin1");
}

async function gather(blocks: AsyncIterable<Buffer>): Promise<string[]> {
  const all: string[] = [];
  for await (const block of blocks) all.push(block.toString("latin1"));
  return all;
}
