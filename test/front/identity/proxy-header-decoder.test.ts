import { describe, expect, test } from "vitest";
import { crc32c } from "../../../src/front/identity/crc32c.ts";
import type { ProxyHeader } from "../../../src/front/identity/proxy-header.ts";
import { ProxyHeaderDecoder } from "../../../src/front/identity/proxy-header-decoder.ts";
import { badCases, goodCases } from "./proxy-header-cases.ts";

const REST = Buffer.from("GET / HTTP/1.1\r\n\r\nPROXY ");

/** Feed chunks to the end. @returns The header and the bytes behind it. */
function decode(chunks: readonly Buffer[]): { header: ProxyHeader | undefined; rest: string } {
  const decoder = new ProxyHeaderDecoder("auto");
  let header: ProxyHeader | undefined;
  const rest: Buffer[] = [];
  for (const chunk of chunks) {
    if (header) rest.push(chunk);
    else header = decoder.push(chunk);
  }
  return { header, rest: Buffer.concat([decoder.takeRemainder(), ...rest]).toString("latin1") };
}

describe.each(goodCases)(
  "$name",
  ({ bytes, header: { type, source = "", port, destinationPort, isTls } }) => {
    const expected = {
      type,
      sourceAddress: source,
      ...(port !== undefined && { sourcePort: port }),
      ...(destinationPort !== undefined && { destinationPort }),
      isTls: isTls ?? false,
    };

    test("is read, and nothing behind it", () => {
      const { header, rest } = decode([Buffer.concat([bytes, REST])]);
      expect(header).toMatchObject(expected);
      expect(rest).toBe(REST.toString());
    });

    test("is read byte by byte, at its last byte", () => {
      const decoder = new ProxyHeaderDecoder("auto");
      const found = [...bytes].map((byte) => decoder.push(Buffer.from([byte])));
      expect(found.slice(0, -1).every((header) => header === undefined)).toBe(true);
      expect(found.at(-1)).toMatchObject(expected);
      expect(decoder.takeRemainder()).toHaveLength(0);
    });

    test("is read with a division anywhere", () => {
      const whole = Buffer.concat([bytes, REST]);
      // The longest is divided where something is decided.
      const last = Math.min(whole.length, 300);
      for (let at = 0; at <= last; at += 1) {
        const { header, rest } = decode([whole.subarray(0, at), whole.subarray(at)]);
        expect(header).toMatchObject(expected);
        expect(rest).toBe(REST.toString());
      }
    });
  },
);

describe.each(badCases)("$name", ({ bytes, reason }) => {
  const error = expect.objectContaining({
    code: "UWB_ERR_PROXY_PROTOCOL",
    message: expect.stringMatching(reason) as string,
  }) as Error;

  test("is refused", () => {
    expect(() => decode([bytes])).toThrow(error);
  });

  test("is refused with a division anywhere", () => {
    for (let at = 0; at <= bytes.length; at += 1)
      expect(() => decode([bytes.subarray(0, at), bytes.subarray(at), Buffer.from("x")])).toThrow(error);
  });
});

test.each([
  ["v1", "v2 TCP4", /is missing/],
  ["v2", "v1 TCP4", /is missing/],
] as const)("%s does not take %s", (versions, name, reason) => {
  const { bytes } = goodCases.find((good) => good.name === name) ?? { bytes: Buffer.alloc(0) };
  expect(() => new ProxyHeaderDecoder(versions).push(bytes)).toThrow(reason);
});

test("what can be no header is refused at the first byte that says so", () => {
  const decoder = new ProxyHeaderDecoder("auto");
  expect(decoder.push(Buffer.from("PRO"))).toBeUndefined();
  expect(() => decoder.push(Buffer.from("P"))).toThrow(/is missing/);
});

test.each([
  ["123456789", 0xe3069283],
  ["", 0],
  ["\0".repeat(32), 0x8a9136aa],
  ["\xff".repeat(32), 0x62a8ab43],
])("the checksum of %j", (text, sum) => {
  expect(crc32c(Buffer.from(text, "latin1"))).toBe(sum);
});
