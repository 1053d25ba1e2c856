import { describe, expect, test } from "vitest";
import { decodeVars, encodeVars, UsageError, type Vars, varsSize, varsText } from "../../src/codec/index.ts";
import { unhex } from "./vectors.ts";

describe("encoding vars", () => {
  test("writes a length in front of each key and each value", () => {
    expect(encodeVars([["A", "bc"]])).toEqual(unhex("0100 41 0200 6263"));
  });

  test("writes nothing for no vars", () => {
    expect(encodeVars([])).toHaveLength(0);
  });

  test("keeps order and duplicates", () => {
    const block = encodeVars([
      ["B", "1"],
      ["A", ""],
      ["B", "2"],
    ]);
    expect(block).toEqual(unhex("0100 42 0100 31  0100 41 0000  0100 42 0100 32"));
  });

  test("writes the characters U+0000 to U+00FF as one byte each", () => {
    expect(encodeVars([["\u00ff", "\u0000\u0080\u00e9"]])).toEqual(unhex("0100 ff 0300 0080e9"));
  });

  test("gives the same block as text", () => {
    expect(varsText([["A", "\u00ff"]])).toBe("\u0001\u0000A\u0001\u0000\u00ff");
  });

  test("refuses an empty key", () => {
    expect(() =>
      encodeVars([
        ["A", "1"],
        ["", "2"],
      ]),
    ).toThrow(usageError("UWB_ERR_VARS_MALFORMED"));
  });

  test.each([
    { where: "a key", vars: [["A\u0100", "1"]] },
    { where: "a value", vars: [["A", "\u20ac"]] },
    { where: "half of a pair of surrogates", vars: [["A", "\ud83d"]] },
    {
      where: "the last of several vars",
      vars: [
        ["A", "1"],
        ["B", "2"],
        ["C", "\u010d\u010a"],
      ],
    },
  ] satisfies { where: string; vars: Vars }[])("refuses a character above U+00FF in $where", ({ vars }) => {
    expect(() => encodeVars(vars)).toThrow(usageError("UWB_ERR_VALUE_NOT_LATIN1"));
  });

  test("names the var to blame, and keeps its value to itself", () => {
    const encode = () =>
      encodeVars([
        ["A", "fine"],
        ["HTTP_COOKIE", "secret\u20ac"],
        ["C", "also\u20ac"],
      ]);
    expect(encode).toThrow(/"HTTP_COOKIE"/);
    expect(encode).not.toThrow(/secret/);
  });
});

describe("a block holds 65 535 bytes and not one more", () => {
  test.each([
    { what: "a long value", at: [["A", "v".repeat(65_530)]], past: [["A", "v".repeat(65_531)]] },
    { what: "a long key", at: [["K".repeat(65_531), ""]], past: [["K".repeat(65_532), ""]] },
    { what: "many vars", at: tiny(13_107), past: [...tiny(13_107), ["a", ""]] },
    { what: "two values", at: two(32_763, 32_762), past: two(32_763, 32_763) },
  ] satisfies { what: string; at: Vars; past: Vars }[])("with $what", ({ at, past }) => {
    expect(encodeVars(at)).toHaveLength(65_535);
    expect(() => encodeVars(past)).toThrow(usageError("UWB_ERR_VARS_TOO_LARGE"));
  });

  test("and a length that would wrap to a small one is refused", () => {
    expect(() => encodeVars([["A", "v".repeat(65_536 + 1)]])).toThrow(usageError("UWB_ERR_VARS_TOO_LARGE"));
  });

  test("and the message says what was needed and what is allowed", () => {
    expect(() => encodeVars([["A", "v".repeat(65_531)]])).toThrow(
      "vars need 65536 bytes, a packet holds 65535",
    );
  });
});

test.each([
  { vars: [], size: 0 },
  { vars: [["A", "bc"]], size: 7 },
  {
    vars: [
      ["A", ""],
      ["BC", "def"],
    ],
    size: 5 + 9,
  },
  { vars: [["A", "v".repeat(70_000)]], size: 70_005 },
] satisfies { vars: Vars; size: number }[])("varsSize foretells $size bytes", ({ vars, size }) => {
  expect(varsSize(vars)).toBe(size);
});

describe("decoding vars", () => {
  test("reads a view into a larger buffer, and only the view", () => {
    const memory = unhex("ffff 0100 41 0200 6263 ffff");
    const view = new Uint8Array(memory.buffer, memory.byteOffset + 2, 7);
    expect(decodeVars(view)).toEqual([["A", "bc"]]);
  });

  test("reads a Buffer", () => {
    expect(decodeVars(unhex("0100 41 0200 6263"))).toEqual([["A", "bc"]]);
  });

  test("reads an empty block", () => {
    expect(decodeVars(new Uint8Array())).toEqual([]);
  });

  test("counts the offset of an error from the start of the packet", () => {
    const malformed = expect.objectContaining({
      code: "UWB_ERR_VARS_MALFORMED",
      offset: 4 + 7,
      statusHint: 400,
    });
    expect(() => decodeVars(unhex("0100 41 0200 6263 00"))).toThrow(malformed);
  });

  test.each([
    { block: "0400 616263", message: "a key reaches past the vars block (at byte 4)" },
    { block: "0000 0000", message: "a key is empty (at byte 4)" },
    { block: "0300 616263", message: "a key has no value (at byte 9)" },
    { block: "0300 616263 01", message: "a key has no value (at byte 9)" },
    { block: "0100 41 0200 62", message: "a value reaches past the vars block (at byte 7)" },
  ])("says that $message", ({ block, message }) => {
    expect(() => decodeVars(unhex(block))).toThrow(message);
  });

  test("allows maxVars vars and answers 431 to one more", () => {
    const block = unhex("0100 41 0100 31 0100 42 0100 32 0100 43 0100 33");
    expect(decodeVars(block, 3)).toHaveLength(3);
    const tooMany = { code: "UWB_ERR_VARS_TOO_MANY", offset: 4 + 12, statusHint: 431 };
    expect(() => decodeVars(block, 2)).toThrow(expect.objectContaining(tooMany));
    expect(() => decodeVars(block, 0)).toThrow(expect.objectContaining({ ...tooMany, offset: 4 }));
  });

  test("allows no var where the limit is 0, and an empty block still", () => {
    expect(decodeVars(new Uint8Array(), 0)).toEqual([]);
  });
});

function tiny(count: number): [string, string][] {
  return Array.from({ length: count }, () => ["a", ""]);
}

function two(first: number, second: number): [string, string][] {
  return [
    ["A", "v".repeat(first)],
    ["B", "v".repeat(second)],
  ];
}

function usageError(code: string): unknown {
  return expect.toSatisfy((error) => error instanceof UsageError && error.code === code);
}
