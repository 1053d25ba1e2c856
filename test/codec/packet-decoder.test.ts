import { afterEach, describe, expect, test, vi } from "vitest";
import { encodePacket, PacketDecoder, ProtocolError } from "../../src/codec/index.ts";
import { byteByByte, twoWayCuts } from "../support/feed.ts";
import { unhex } from "./vectors.ts";

const ONE_PAIR = unhex("00 0700 00  0100 41 0200 6263");
const FIRST = unhex("00 0600 00  0100 41 0100 31");
const SECOND = unhex("05 0600 07  0100 42 0100 32");

afterEach(() => {
  vi.restoreAllMocks();
});

describe("before the peer closes", () => {
  test("a decoder without bytes needs data", () => {
    expect(new PacketDecoder().next()).toEqual({ type: "need-data" });
  });

  test("every beginning of a packet needs data, however often it is asked", () => {
    for (let length = 0; length < ONE_PAIR.length; length += 1) {
      const decoder = fed(ONE_PAIR.subarray(0, length));
      expect([decoder.next(), decoder.next()]).toEqual([{ type: "need-data" }, { type: "need-data" }]);
    }
  });
});

describe("when the peer has closed", () => {
  test("without a byte, the decoder is closed and stays so", () => {
    const decoder = fed();
    decoder.end();
    expect([decoder.next(), decoder.next()]).toEqual([{ type: "closed" }, { type: "closed" }]);
  });

  test("a packet that had arrived is still handed out, and then the decoder is closed", () => {
    const decoder = fed(ONE_PAIR);
    decoder.end();
    expect(decoder.next()).toMatchObject({ type: "packet", vars: [["A", "bc"]] });
    expect(decoder.next()).toEqual({ type: "closed" });
  });

  test("inside a second packet, the offset counts from that packet", () => {
    const decoder = fed(FIRST, SECOND.subarray(0, 5));
    decoder.end();
    expect(decoder.next()).toMatchObject({ type: "packet" });
    expect(() => decoder.next()).toThrow(
      expect.objectContaining({ code: "UWB_ERR_PACKET_TRUNCATED", offset: 5, statusHint: 400 }),
    );
  });
});

test("packets that follow each other on one connection come out one by one, wherever the bytes are cut", () => {
  for (const { name, chunks } of twoWayCuts(Buffer.concat([FIRST, SECOND, ONE_PAIR]))) {
    const decoder = fed(...chunks);
    expect([decoder.next(), decoder.next(), decoder.next(), decoder.next()], name).toEqual([
      { type: "packet", modifier1: 0, modifier2: 0, vars: [["A", "1"]] },
      { type: "packet", modifier1: 5, modifier2: 7, vars: [["B", "2"]] },
      { type: "packet", modifier1: 0, modifier2: 0, vars: [["A", "bc"]] },
      { type: "need-data" },
    ]);
  }
});

describe("the remainder", () => {
  test("is what stands behind the packet, and is handed over once", () => {
    const decoder = fed(ONE_PAIR, Buffer.from("ab"), Buffer.from("c"));
    expect(decoder.next()).toMatchObject({ type: "packet" });
    expect(Buffer.from(decoder.takeRemainder()).toString()).toBe("abc");
    expect(decoder.takeRemainder()).toHaveLength(0);
    expect(decoder.next()).toEqual({ type: "need-data" });
  });

  test("is empty when nothing follows", () => {
    const decoder = fed(ONE_PAIR);
    expect(decoder.next()).toMatchObject({ type: "packet" });
    expect(decoder.takeRemainder()).toHaveLength(0);
  });

  test("taken, the next bytes start a packet", () => {
    const decoder = fed(FIRST, Buffer.from("body"));
    decoder.next();
    decoder.takeRemainder();
    decoder.receive(SECOND);
    expect(decoder.next()).toMatchObject({ type: "packet", modifier1: 5 });
  });

  test("taken in the middle of a packet, the decoder waits for no rest of it", () => {
    const decoder = fed(unhex("00 ffff 00  0100"));
    expect(decoder.next()).toEqual({ type: "need-data" });
    expect(decoder.takeRemainder()).toHaveLength(6);
    decoder.receive(FIRST);
    expect(decoder.next()).toMatchObject({ type: "packet", vars: [["A", "1"]] });
  });
});

test("pendingBytes counts what no packet has taken yet", () => {
  const decoder = new PacketDecoder();
  expect(decoder.pendingBytes).toBe(0);
  decoder.receive(ONE_PAIR.subarray(0, 6));
  decoder.next();
  expect(decoder.pendingBytes).toBe(6);
  decoder.receive(Buffer.concat([ONE_PAIR.subarray(6), Buffer.from("abc")]));
  decoder.next();
  expect(decoder.pendingBytes).toBe(3);
  decoder.takeRemainder();
  expect(decoder.pendingBytes).toBe(0);
});

describe("chunks may be", () => {
  test("plain Uint8Arrays", () => {
    expect(fed(Uint8Array.from(ONE_PAIR)).next()).toMatchObject({ type: "packet", vars: [["A", "bc"]] });
  });

  test("views into a larger buffer", () => {
    const memory = Buffer.concat([unhex("ffff"), ONE_PAIR, unhex("ffff")]);
    const view = new Uint8Array(memory.buffer, memory.byteOffset + 2, ONE_PAIR.length);
    expect(fed(view).next()).toMatchObject({ type: "packet", vars: [["A", "bc"]] });
  });

  test("empty", () => {
    const decoder = fed(Buffer.alloc(0), ONE_PAIR.subarray(0, 3), Buffer.alloc(0), ONE_PAIR.subarray(3));
    expect(decoder.next()).toMatchObject({ type: "packet", vars: [["A", "bc"]] });
  });
});

describe("limits", () => {
  test.each([
    { limit: 7, ok: true },
    { limit: 6, ok: false },
    { limit: 0, ok: false },
  ])("maxVarsBytes $limit, and a packet of 7", ({ limit, ok }) => {
    const decoder = new PacketDecoder({ maxVarsBytes: limit });
    decoder.receive(ONE_PAIR);
    const next = () => decoder.next();
    if (ok) expect(next()).toMatchObject({ type: "packet" });
    else {
      const tooLarge = { code: "UWB_ERR_VARS_TOO_LARGE", offset: 1, statusHint: 431 };
      expect(next).toThrow(expect.objectContaining(tooLarge));
      expect(next).toThrow(`peer announced 7 bytes of vars, limit is ${limit}`);
    }
  });

  test("maxVarsBytes 0 lets a packet without vars pass", () => {
    const decoder = new PacketDecoder({ maxVarsBytes: 0 });
    decoder.receive(unhex("64 0000 00"));
    expect(decoder.next()).toMatchObject({ type: "packet", modifier1: 100 });
  });

  test.each([
    { limit: 2, ok: true },
    { limit: 1, ok: false },
  ])("maxVars $limit, and a packet of 2", ({ limit, ok }) => {
    const decoder = new PacketDecoder({ maxVars: limit });
    decoder.receive(unhex("00 0c00 00  0100 41 0100 31  0100 42 0100 32"));
    const next = () => decoder.next();
    if (ok) expect(next()).toMatchObject({ type: "packet" });
    else {
      const tooMany = { code: "UWB_ERR_VARS_TOO_MANY", offset: 10, statusHint: 431 };
      expect(next).toThrow(expect.objectContaining(tooMany));
    }
  });
});

describe("a peer that speaks something else", () => {
  test.each(["GET ", "POST", "HEAD", "PUT ", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI "])(
    "is told so as soon as %s is there",
    (start) => {
      const decoder = fed(Buffer.from(start.slice(0, 3)));
      expect(decoder.next()).toEqual({ type: "need-data" });
      decoder.receive(Buffer.from(start.slice(3)));
      expect(() => decoder.next()).toThrow(
        expect.objectContaining({ code: "UWB_ERR_NOT_UWSGI", offset: 0, statusHint: 400 }),
      );
      expect(() => decoder.next()).toThrow(/HTTP request/);
    },
  );

  test.each(["get ", "GETX", "HTTP", "AAAA", "ZZZZ", "@ET ", "[ET "])("is not seen in %s", (start) => {
    expect(fed(Buffer.from(start)).next()).toEqual({ type: "need-data" });
  });

  test.each(["16030000", "16030100", "160304ff"])(
    "is told so as soon as %s, a TLS handshake, is there",
    (start) => {
      expect(() => fed(unhex(start)).next()).toThrow(/TLS handshake/);
    },
  );

  test.each(["16030500", "16020100", "16040100", "15030100", "17030100"])("is not seen in %s", (start) => {
    expect(fed(unhex(start)).next()).toEqual({ type: "need-data" });
  });

  test("is not seen in a packet behind a good one by its vars, only by its header", () => {
    const decoder = fed(FIRST, encodePacket({ modifier1: 0, modifier2: 0, vars: [["GET ", "POST"]] }));
    expect([decoder.next().type, decoder.next().type]).toEqual(["packet", "packet"]);
  });
});

test("a failed decoder stays failed, with the same error", () => {
  const decoder = fed(unhex("00 0200 00  0000"));
  const errors = [thrownBy(decoder), thrownBy(decoder)];
  decoder.receive(ONE_PAIR);
  errors.push(thrownBy(decoder));
  expect(errors[0]).toBeInstanceOf(ProtocolError);
  expect(new Set(errors).size).toBe(1);
});

test("a packet that arrives byte by byte is joined a few times, not once per byte", () => {
  const concat = vi.spyOn(Buffer, "concat");
  const decoder = new PacketDecoder();
  let packets = 0;
  for (const byte of byteByByte(
    Buffer.from(encodePacket({ modifier1: 0, modifier2: 0, vars: [["A", "v".repeat(2000)]] })),
  )) {
    decoder.receive(byte);
    if (decoder.next().type === "packet") packets += 1;
  }
  expect(packets).toBe(1);
  expect(concat.mock.calls.length).toBeLessThanOrEqual(3);
});

test("packets that arrive whole are not copied", () => {
  const decoder = fed(Buffer.concat([ONE_PAIR, Buffer.from("abc")]));
  const concat = vi.spyOn(Buffer, "concat");
  expect(decoder.next()).toMatchObject({ type: "packet" });
  expect(Buffer.from(decoder.takeRemainder()).toString()).toBe("abc");
  decoder.receive(SECOND);
  expect(decoder.next()).toMatchObject({ type: "packet", modifier1: 5 });
  decoder.receive(ONE_PAIR);
  expect(decoder.next()).toMatchObject({ type: "packet", modifier1: 0 });
  expect(concat).not.toHaveBeenCalled();
});

function fed(...chunks: Uint8Array[]): PacketDecoder {
  const decoder = new PacketDecoder();
  for (const chunk of chunks) decoder.receive(chunk);
  return decoder;
}

function thrownBy(decoder: PacketDecoder): unknown {
  try {
    return decoder.next();
  } catch (error) {
    return error;
  }
}
