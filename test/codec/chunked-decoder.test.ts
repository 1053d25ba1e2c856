import { describe, expect, test } from "vitest";
import { ChunkedDecoder, ProtocolError } from "../../src/codec/index.ts";

describe("decoding", () => {
  test("gives the data of each chunk, and what stands behind the end", () => {
    const decoder = new ChunkedDecoder();
    const { data, rest } = decoder.decode(Buffer.from("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nNEXT"));
    expect(data.map(String)).toEqual(["abc", "de"]);
    expect(String(rest)).toBe("NEXT");
  });

  test("gives views of the bytes it was fed, not copies", () => {
    const bytes = Buffer.from("3\r\nabc\r\n0\r\n\r\nNEXT");
    const { data, rest } = new ChunkedDecoder().decode(bytes);
    bytes.fill("x");
    expect([...data, rest].map(String)).toEqual(["xxx", "xxxx"]);
  });

  test("gives a chunk in the pieces it arrives in", () => {
    const decoder = new ChunkedDecoder();
    expect(decoder.decode(Buffer.from("5\r\nab")).data.map(String)).toEqual(["ab"]);
    expect(decoder.decode(Buffer.from("cd")).data.map(String)).toEqual(["cd"]);
    expect(decoder.decode(Buffer.from("e\r\n")).data.map(String)).toEqual(["e"]);
  });

  test("leaves no rest before the end", () => {
    const decoder = new ChunkedDecoder();
    expect(decoder.decode(Buffer.from("3\r\nabc\r\n0\r\n\r")).rest).toHaveLength(0);
    expect(decoder.decode(Buffer.from("\n")).rest).toHaveLength(0);
  });

  test("of nothing gives nothing", () => {
    const { data, rest } = new ChunkedDecoder().decode(Buffer.alloc(0));
    expect(data).toEqual([]);
    expect(rest).toHaveLength(0);
  });

  test("reads digits in both cases", () => {
    const { data } = new ChunkedDecoder().decode(Buffer.from(`aF\r\n${"x".repeat(0xaf)}\r\n`));
    expect(data).toHaveLength(1);
    expect(data[0]).toHaveLength(0xaf);
  });

  // One below and one above each range of digits, and the digits with their high bit set.
  test.each(["/", ":", "@", "G", "`", "g", "\u00b0", "\u00c1", "\u00e1", "\u0011"])(
    "takes %j for no digit",
    (byte) => {
      expect(() => new ChunkedDecoder().decode(Buffer.from(byte, "latin1"))).toThrow(malformed(0));
      expect(() => new ChunkedDecoder().decode(Buffer.from(`1${byte}`, "latin1"))).toThrow(malformed(1));
    },
  );
});

describe("the end", () => {
  test("is reached with the line feed of the empty line behind the last chunk, not before", () => {
    const decoder = new ChunkedDecoder();
    decoder.decode(Buffer.from("3\r\nabc\r\n0\r\nT: 1\r\n\r"));
    expect(decoder.done).toBe(false);
    decoder.decode(Buffer.from("\n"));
    expect(decoder.done).toBe(true);
  });

  test("hands everything fed later back as the rest", () => {
    const decoder = new ChunkedDecoder();
    decoder.decode(Buffer.from("0\r\n\r\n"));
    const { data, rest } = decoder.decode(Buffer.from("3\r\nabc\r\n"));
    expect(data).toEqual([]);
    expect(String(rest)).toBe("3\r\nabc\r\n");
  });
});

describe("limits", () => {
  test("a size may have 13 digits, and 14 are refused at the fourteenth", () => {
    expect(new ChunkedDecoder().decode(Buffer.from("fffffffffffff\r\n")).data).toEqual([]);
    expect(() => new ChunkedDecoder().decode(Buffer.from("00000000000000\r\n"))).toThrow(malformed(13));
  });

  test("every size may have 13 digits", () => {
    const chunk = "0000000000001\r\nx\r\n";
    expect(new ChunkedDecoder().decode(Buffer.from(chunk.repeat(3))).data.map(String)).toEqual([
      "x",
      "x",
      "x",
    ]);
  });

  test("the extensions of a body may have 16 384 bytes, the semicolon counted", () => {
    expect(decodeAll(`1;${"e".repeat(16_383)}\r\nx\r\n0\r\n\r\n`)).toEqual(["x"]);
    expect(() => decodeAll(`1;${"e".repeat(16_384)}\r\nx\r\n0\r\n\r\n`)).toThrow(malformed(1 + 16_384));
  });

  test("the extensions of all chunks count together", () => {
    const chunk = `1;${"e".repeat(4095)}\r\nx\r\n`;
    expect(decodeAll(`${chunk.repeat(4)}0\r\n\r\n`)).toEqual(["x", "x", "x", "x"]);
    expect(() => decodeAll(`${chunk.repeat(4)}0;\r\n\r\n`)).toThrow(malformed(chunk.length * 4 + 1));
  });

  test("the trailers of a body may have 16 384 bytes, line ends not counted", () => {
    expect(decodeAll(`0\r\n${"t".repeat(16_384)}\r\n\r\n`)).toEqual([]);
    expect(() => decodeAll(`0\r\n${"t".repeat(16_385)}\r\n\r\n`)).toThrow(malformed(3 + 16_384));
  });

  test("all trailers count together", () => {
    const line = `${"t".repeat(4096)}\r\n`;
    expect(decodeAll(`0\r\n${line.repeat(4)}\r\n`)).toEqual([]);
    expect(() => decodeAll(`0\r\n${line.repeat(4)}t\r\n\r\n`)).toThrow(malformed(3 + line.length * 4));
  });
});

describe("errors", () => {
  test("hint at 502, or at what the option says", () => {
    expect(() => new ChunkedDecoder().decode(Buffer.from("z"))).toThrow(
      expect.objectContaining({ statusHint: 502 }),
    );
    expect(() => new ChunkedDecoder({ statusHint: 400 }).decode(Buffer.from("z"))).toThrow(
      expect.objectContaining({ statusHint: 400 }),
    );
  });

  test("count their offset over all calls", () => {
    const decoder = new ChunkedDecoder();
    decoder.decode(Buffer.from("3\r\na"));
    decoder.decode(Buffer.from("bc\r"));
    expect(() => decoder.decode(Buffer.from("x"))).toThrow(malformed(7));
  });

  test.each([
    { body: "x", message: "a chunk size is missing or not hexadecimal" },
    { body: "1x", message: "a chunk size is not hexadecimal" },
    { body: "1".repeat(14), message: "a chunk size has too many digits" },
    { body: "1\rx", message: "a chunk size does not end in CRLF" },
    { body: "1;\n", message: "a chunk extension holds a line feed" },
    { body: `1;${"e".repeat(16_384)}`, message: "chunk extensions are too long" },
    { body: "1\r\nxx", message: "chunk data does not end in CRLF" },
    { body: "1\r\nx\rx", message: "chunk data does not end in CRLF" },
    { body: "0\r\nT\n", message: "a trailer does not end in CRLF" },
    { body: "0\r\nT\rx", message: "a trailer does not end in CRLF" },
    { body: `0\r\n${"t".repeat(16_385)}`, message: "trailers are too long" },
  ])("say that $message", ({ body, message }) => {
    expect(() => decodeAll(body)).toThrow(message);
  });

  test("stay: a failed decoder stays failed, with the same error", () => {
    const decoder = new ChunkedDecoder();
    expect(() => decoder.decode(Buffer.from("zz"))).toThrow(malformed(0));
    expect(() => decoder.decode(Buffer.from("3\r\nabc\r\n0\r\n\r\n"))).toThrow(malformed(0));
    expect(() => decoder.decode(Buffer.alloc(0))).toThrow(ProtocolError);
    expect(decoder.done).toBe(false);
  });
});

function decodeAll(body: string): string[] {
  const decoder = new ChunkedDecoder();
  const { data } = decoder.decode(Buffer.from(body, "latin1"));
  expect(decoder.done).toBe(true);
  return data.map(String);
}

function malformed(offset: number): unknown {
  return expect.objectContaining({ name: "ProtocolError", code: "UWB_ERR_CHUNK_MALFORMED", offset });
}
