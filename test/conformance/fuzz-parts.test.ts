import { describe, expect, test } from "vitest";
import { FuzzFailure } from "../../protocol/conformance/fuzz/fuzz-failure.ts";
import { readRequests } from "../../protocol/conformance/fuzz/http-requests.ts";
import { inputFrom } from "../../protocol/conformance/fuzz/input.ts";
import { mutatePacket } from "../../protocol/conformance/fuzz/mutate-packet.ts";
import { packetReductions, readPacket } from "../../protocol/conformance/fuzz/packet-reductions.ts";
import { goodPackets } from "../../protocol/conformance/fuzz/packet-seeds.ts";
import { shrink } from "../../protocol/conformance/fuzz/shrink.ts";
import { PLACES, TokenRoll, withTokens } from "../../protocol/conformance/fuzz/tokens.ts";
import { readVector, vectorFileName, vectorOf } from "../../protocol/conformance/fuzz/vector.ts";

describe("inputs", () => {
  const inputsOf = (seed: number): string[] =>
    Array.from({ length: 500 }, (_, run) =>
      inputFrom(goodPackets, ["word"], { seed, run, change: mutatePacket }).toString("hex"),
    );

  test("are the same for the same seed and others for another", () => {
    expect(inputsOf(7)).toEqual(inputsOf(7));
    expect(inputsOf(7)).not.toEqual(inputsOf(8));
  });

  test("differ from run to run, and some of each sort are there: as they were, well formed, broken", () => {
    const inputs = inputsOf(7);
    expect(new Set(inputs).size).toBeGreaterThan(400);
    const good = new Set(goodPackets.map((bytes) => bytes.toString("hex")));
    const count = (is: (hex: string) => boolean): number => inputs.filter(is).length;
    const isPacket = (hex: string): boolean => readPacket(Buffer.from(hex, "hex")) !== undefined;
    expect(count((hex) => good.has(hex))).toBeGreaterThan(15);
    expect(count((hex) => !good.has(hex) && isPacket(hex))).toBeGreaterThan(150);
    expect(count((hex) => !isPacket(hex))).toBeGreaterThan(100);
  });
});

describe("tokens", () => {
  test("stand in their places, are never given twice, and are known again", () => {
    const roll = new TokenRoll(1);
    const tokens = roll.draw();
    const text = withTokens(Buffer.from(`a ${PLACES.T} ${PLACES.U}`), tokens).toString();
    expect(text).toBe(`a ${tokens.T} ${tokens.U}`);
    expect(roll.tokensIn(text)).toEqual([tokens.T, tokens.U]);
    expect(Object.values(roll.draw())).not.toContain(tokens.T);
    expect(new TokenRoll(2).tokensIn(text)).toEqual([]);
  });

  test("no flipped bit makes a place another", () => {
    const places = Object.values(PLACES);
    const differing = (one: string, other: string): number =>
      [...one].filter((letter, index) => letter !== other[index]).length;
    for (const one of places)
      for (const other of places) if (one !== other) expect(differing(one, other)).toBeGreaterThan(8);
  });
});

describe("shrink", () => {
  test("leaves what the fault needs", async () => {
    const input = Buffer.from("some bytes with an X and, further on, a Y among others");
    const smallest = await shrink(input, {
      fails: async (bytes) => bytes.includes("X") && bytes.includes("Y"),
    });
    expect(smallest.toString()).toBe("XY");
  });

  test("keeps packets whole where it takes that", async () => {
    const fails = async (bytes: Buffer): Promise<boolean> =>
      readPacket(bytes)?.packet.vars.some(([, value]) => value.includes("example")) === true;
    const smallest = await shrink(goodPackets[1] ?? Buffer.alloc(0), { fails, reductions: packetReductions });
    expect(readPacket(smallest)?.packet.vars).toEqual([["HTTP_HOST", "example.test".slice(0, 7)]]);
  });

  test("ends after its attempts, and does not begin without time", async () => {
    let attempts = 0;
    const fails = async (): Promise<boolean> => {
      attempts += 1;
      return false;
    };
    await shrink(Buffer.alloc(1000), { fails, maxAttempts: 10 });
    expect(attempts).toBeLessThanOrEqual(10);
    attempts = 0;
    await shrink(Buffer.alloc(1000), { fails, maxMs: 0 });
    expect(attempts).toBe(0);
  });
});

describe("a vector", () => {
  const finding = {
    kind: "packets",
    seed: 7,
    run: 12,
    failure: new FuzzFailure("hang", "no answer", "0 bytes"),
    input: Buffer.from("00060000", "hex"),
    isRepeated: true,
    times: 1,
  } as const;

  test("holds the bytes as hex, and can be read again", () => {
    const vector = vectorOf(finding);
    expect(vector).toMatchObject({ name: "packets, seed 7, run 12: no answer", wire: "00060000" });
    expect(readVector(JSON.stringify(vector))).toEqual({ kind: "packets", input: finding.input });
    expect(vectorFileName(finding)).toMatch(/^packets-hang-[0-9a-f]{8}\.json$/);
  });

  test.each(["{}", '{"wire": "00"}', '{"wire": "0", "fuzz": {"kind": "packets"}}', "null", "x"])(
    "%s is none",
    (text) => expect(() => readVector(text)).toThrow(),
  );
});

test.each([
  ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["/"]],
  ["GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 2\r\n\r\nab", ["/1", "/2"]],
  ["POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", ["/1"]],
  ["GET / HTTP/1.1\r\n", undefined],
  ["GET / HTTP/1.1\nHost: a\n\n", undefined],
  ["POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", undefined],
  ["POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nabc", undefined],
  ["POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab", undefined],
  ["POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", undefined],
  ["POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", undefined],
  ["POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", undefined],
  ["GET / HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n", undefined],
  ["GET / HTTP/1.1\r\nUpgrade: x\r\n\r\n", undefined],
  ["", undefined],
])("%j holds the requests %j", (text, targets) => {
  expect(readRequests(text)?.map(({ target }) => target)).toEqual(targets);
});
