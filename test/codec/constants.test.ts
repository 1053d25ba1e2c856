import { expect, test } from "vitest";
import { encodePacket, HEADER_BYTES, LENGTH_BYTES, MAX_DATASIZE, MODIFIER1 } from "../../src/codec/index.ts";
import { acceptedPackets } from "./vectors.ts";

test("the sizes are those of the format", () => {
  expect({ HEADER_BYTES, LENGTH_BYTES, MAX_DATASIZE }).toEqual({
    HEADER_BYTES: 4,
    LENGTH_BYTES: 2,
    MAX_DATASIZE: 65_535,
  });
});

test("a ping and a request have the modifiers of the specification", () => {
  const ping = acceptedPackets.find(({ name }) => name === "a ping");
  const request = acceptedPackets.find(({ name }) => name === "a GET request");
  expect(encodePacket({ modifier1: MODIFIER1.ping, modifier2: 0, vars: [] })).toEqual(ping?.wire);
  expect(request?.packet.modifier1).toBe(MODIFIER1.request);
});
