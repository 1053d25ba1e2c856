import { describe, expect, test } from "vitest";
import { encodePacket, packetText } from "../../src/codec/index.ts";
import { unhex } from "./vectors.ts";

test("a packet is its header and its vars block", () => {
  const packet = encodePacket({ modifier1: 0, modifier2: 0, vars: [["A", "bc"]] });
  expect(packet).toEqual(unhex("00 0700 00  0100 41 0200 6263"));
});

test("datasize has its low byte first", () => {
  const packet = encodePacket({ modifier1: 0, modifier2: 0, vars: [["A", "v".repeat(0x1234 - 5)]] });
  expect(packet.subarray(0, 4)).toEqual(unhex("00 3412 00"));
});

test("the text has a character per byte", () => {
  expect(packetText({ modifier1: 255, modifier2: 128, vars: [["A", "\u00e9"]] })).toBe(
    "\u00ff\u0006\u0000\u0080\u0001\u0000A\u0001\u0000\u00e9",
  );
});

describe.each(["modifier1", "modifier2"])("%s", (name) => {
  test.each([0, 1, 200, 255])("may be %d", (modifier) => {
    const packet = encodePacket({ modifier1: 0, modifier2: 0, vars: [], [name]: modifier });
    expect(packet[name === "modifier1" ? 0 : 3]).toBe(modifier);
  });

  test.each([-1, 256, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("may not be %d", (modifier) => {
    const encode = () => encodePacket({ modifier1: 0, modifier2: 0, vars: [], [name]: modifier });
    expect(encode).toThrow(expect.objectContaining({ name: "UsageError", code: "UWB_ERR_VARS_MALFORMED" }));
  });
});

test("vars that can not be encoded are refused before a byte exists", () => {
  const encode = () => encodePacket({ modifier1: 0, modifier2: 0, vars: [["A", "v".repeat(65_531)]] });
  expect(encode).toThrow(expect.objectContaining({ name: "UsageError", code: "UWB_ERR_VARS_TOO_LARGE" }));
});
