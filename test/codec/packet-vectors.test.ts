import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { encodePacket, HEADER_BYTES, PacketDecoder } from "../../src/codec/index.ts";
import { namedCuts, twoWayCuts } from "../support/feed.ts";
import { runPacket } from "./run-packet.ts";
import { acceptedPackets, refusedPackets, unhex } from "./vectors.ts";

describe.each(Object.entries(namedCuts))("fed %s", (_name, cut) => {
  test.each(acceptedPackets)("decodes $name", ({ wire, options, packet, rest }) => {
    expect(runPacket(cut(wire), options)).toEqual({
      outcome: "packet",
      packet,
      rest,
      beforeClose: true,
    });
  });

  test.each(refusedPackets)("rejects $name", ({ wire, options, error, closed }) => {
    expect(runPacket(cut(wire), options)).toMatchObject({ outcome: error, beforeClose: !closed });
  });
});

describe("cut in two at every position", () => {
  test.each(acceptedPackets)("decodes $name", ({ wire, options, packet, rest }) => {
    const expected = { outcome: "packet", packet, rest, beforeClose: true };
    const packetEnd = wire.length - rest.length / 2;
    const wrong = twoWayCuts(wire, [HEADER_BYTES, packetEnd]).filter(
      ({ chunks }) => !isDeepStrictEqual(runPacket(chunks, options), expected),
    );
    expect(wrong).toEqual([]);
  });

  test.each(refusedPackets)("rejects $name", ({ wire, options, error, closed }) => {
    for (const { name, chunks } of twoWayCuts(wire, [HEADER_BYTES, error.offset])) {
      expect(runPacket(chunks, options), name).toMatchObject({ outcome: error, beforeClose: !closed });
    }
  });
});

test.each(acceptedPackets)("encodes $name", ({ wire, packet, rest }) => {
  expect(Buffer.from(encodePacket(packet)).toString("hex") + rest).toBe(wire.toString("hex"));
});

test.each(refusedPackets)("a decoder that rejected $name stays failed", ({ wire, options, error }) => {
  const decoder = new PacketDecoder(options);
  decoder.receive(wire);
  decoder.end();
  expect(() => decoder.next()).toThrow(expect.objectContaining(error));
  // A good packet behind the bad bytes changes nothing.
  decoder.receive(unhex("00 0600 00  0100 41 0100 62"));
  expect(() => decoder.next()).toThrow(expect.objectContaining(error));
});
