import fc from "fast-check";
import { expect, test } from "vitest";
import { encodePacket } from "../../src/codec/index.ts";
import { packetFields, secretBytes } from "../../src/inspect/packet-fields.ts";

const PACKET = Buffer.from(
  encodePacket({
    modifier1: 5,
    modifier2: 7,
    vars: [
      ["A", "bc"],
      ["HTTP_COOKIE", "id=1"],
    ],
  }),
);

test("a packet is taken apart without a gap", () => {
  expect(packetFields(PACKET).map(({ kind, offset, bytes }) => [kind, offset, bytes.length])).toEqual([
    ["modifier1", 0, 1],
    ["datasize", 1, 2],
    ["modifier2", 3, 1],
    ["name-length", 4, 2],
    ["name", 6, 1],
    ["value-length", 7, 2],
    ["value", 9, 2],
    ["name-length", 11, 2],
    ["name", 13, 11],
    ["value-length", 24, 2],
    ["value", 26, 4],
  ]);
});

test("header bytes and lengths are numbers", () => {
  expect(packetFields(PACKET).map(({ number }) => number)).toEqual([5, 26, 7, 1, 0, 2, 0, 11, 0, 4, 0]);
});

test("the bytes of a secret value are marked, and no others", () => {
  const marked = [...secretBytes(PACKET)].flatMap((mark, offset) => (mark === 1 ? [offset] : []));
  expect(marked).toEqual([26, 27, 28, 29]);
});

test("a secret whose length lies stays marked to the end of the packet", () => {
  const packet = Buffer.from(PACKET);
  packet.writeUInt16LE(0xffff, 24);
  expect([...secretBytes(packet).subarray(26)]).toEqual([1, 1, 1, 1]);
});

test("whatever the bytes, the fields follow each other from the first byte on, and none is read twice", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const packet = Buffer.from(bytes);
      let next = 0;
      for (const field of packetFields(packet)) {
        expect(field.offset).toBe(next);
        expect(field.bytes.length).toBeGreaterThan(0);
        next += field.bytes.length;
      }
      const announced = packet.length > 2 ? 4 + packet.readUInt16LE(1) : packet.length;
      expect(next).toBe(Math.min(packet.length, announced));
    }),
  );
});
