import { afterEach, describe, expect, test, vi } from "vitest";
import { ProtocolError, ResponseDecoder, type ResponseEvent } from "../../src/codec/index.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
const UNSIZED = "HTTP/1.1 200 OK\r\n\r\n";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("events", () => {
  test("come in the order head, data, end, and then never again", () => {
    const decoder = fed(`${HEAD}abc`);
    expect(types(decoder)).toEqual(["head", "data", "end"]);
    expect(types(decoder)).toEqual([]);
  });

  test("come as soon as their bytes are there", () => {
    const decoder = fed(HEAD.slice(0, -1));
    expect(types(decoder)).toEqual([]);
    decoder.receive(Buffer.from("\n"));
    expect(types(decoder)).toEqual(["head"]);
    decoder.receive(Buffer.from("ab"));
    expect(types(decoder)).toEqual(["data"]);
    decoder.receive(Buffer.from("c"));
    expect(types(decoder)).toEqual(["data", "end"]);
  });

  test("hold the body as views of the bytes received, not as copies", () => {
    const bytes = Buffer.from(`${HEAD}abc`);
    const decoder = new ResponseDecoder();
    decoder.receive(bytes);
    const data = events(decoder).find(({ type }) => type === "data");
    bytes.fill("x");
    expect(data).toEqual({ type: "data", block: Buffer.from("xxx") });
  });

  test("hold one block per chunk", () => {
    const decoder = fed(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
    );
    const blocks = events(decoder).flatMap((event) => (event.type === "data" ? [String(event.block)] : []));
    expect(blocks).toEqual(["a", "bc"]);
  });

  test("come one by one for chunks that arrived together, before later bytes are looked at", () => {
    const decoder = fed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n");
    expect([decoder.next().type, decoder.next()]).toEqual([
      "head",
      { type: "data", block: Buffer.from("a") },
    ]);
    decoder.receive(Buffer.from("0\r\n\r\n"));
    expect(decoder.next()).toEqual({ type: "data", block: Buffer.from("b") });
    expect(types(decoder)).toEqual(["end"]);
  });

  test("take plain Uint8Arrays, also as views into a larger buffer", () => {
    const memory = Buffer.from(`??${HEAD}abc??`);
    const decoder = new ResponseDecoder();
    decoder.receive(new Uint8Array(memory.buffer, memory.byteOffset + 2, HEAD.length + 3));
    expect(types(decoder)).toEqual(["head", "data", "end"]);
  });
});

describe("a body up to the close", () => {
  test("has no end until the close is said: a reset is none", () => {
    const decoder = fed(`${UNSIZED}abc`);
    expect(types(decoder)).toEqual(["head", "data"]);
    expect(types(decoder)).toEqual([]);
    decoder.end();
    expect(events(decoder)).toEqual([{ type: "end", surplus: false }]);
  });

  test("is handed out before its end when both are there", () => {
    const decoder = fed(`${UNSIZED}abc`);
    decoder.end();
    expect(types(decoder)).toEqual(["head", "data", "end"]);
  });
});

test("a body that stalls is neither at its end nor an error", () => {
  const decoder = fed(`${HEAD}ab`);
  expect(types(decoder)).toEqual(["head", "data"]);
  expect([decoder.next(), decoder.next()]).toEqual([{ type: "need-data" }, { type: "need-data" }]);
});

test("a response that is whole stays whole when the connection closes", () => {
  const decoder = fed(`${HEAD}abc`);
  decoder.end();
  expect(types(decoder)).toEqual(["head", "data", "end"]);
});

describe("surplus", () => {
  test.each([
    { wire: `${HEAD}abc`, surplus: false },
    { wire: `${HEAD}abcd`, surplus: true },
    { wire: "HTTP/1.1 204 No Content\r\n\r\n", surplus: false },
    { wire: "HTTP/1.1 204 No Content\r\n\r\na", surplus: true },
  ])("is $surplus for $wire", ({ wire, surplus }) => {
    expect(events(fed(wire)).at(-1)).toEqual({ type: "end", surplus });
  });

  test("is reported when it comes before the end is asked for", () => {
    const decoder = fed(`${HEAD}abc`);
    expect([decoder.next().type, decoder.next().type]).toEqual(["head", "data"]);
    decoder.receive(Buffer.from("d"));
    expect(decoder.next()).toEqual({ type: "end", surplus: true });
  });

  test("is no event when it comes after the end", () => {
    const decoder = fed(`${HEAD}abc`);
    expect(types(decoder)).toEqual(["head", "data", "end"]);
    decoder.receive(Buffer.from("d"));
    expect(types(decoder)).toEqual([]);
  });
});

describe("hasHead", () => {
  test("waits for the final head", () => {
    const decoder = fed("HTTP/1.1 100 Continue\r\n\r\n");
    expect(decoder.hasHead).toBe(false);
    expect(types(decoder)).toEqual(["interim"]);
    expect(decoder.hasHead).toBe(false);
    decoder.receive(Buffer.from(HEAD));
    expect(decoder.hasHead).toBe(false);
    expect(types(decoder)).toEqual(["head"]);
    expect(decoder.hasHead).toBe(true);
  });

  test("stays false for a head that was refused", () => {
    const decoder = fed("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n");
    expect(() => decoder.next()).toThrow(ProtocolError);
    expect(decoder.hasHead).toBe(false);
  });

  test("stays true at the end", () => {
    const decoder = fed(`${HEAD}abc`);
    expect(types(decoder)).toContain("end");
    expect(decoder.hasHead).toBe(true);
  });
});

test("receivedBytes counts all bytes, used or not", () => {
  const decoder = new ResponseDecoder();
  expect(decoder.receivedBytes).toBe(0);
  decoder.receive(Buffer.from(`${HEAD}abc`));
  expect(decoder.receivedBytes).toBe(HEAD.length + 3);
  expect(types(decoder)).toContain("end");
  decoder.receive(Buffer.from("more"));
  expect(decoder.receivedBytes).toBe(HEAD.length + 7);
});

test("a failed decoder stays failed, with the same error", () => {
  const decoder = fed("nonsense\r\n\r\n");
  const errors = [thrownBy(decoder), thrownBy(decoder)];
  decoder.receive(Buffer.from(HEAD));
  errors.push(thrownBy(decoder));
  expect(errors[0]).toBeInstanceOf(ProtocolError);
  expect(new Set(errors).size).toBe(1);
});

test.each([
  { wire: "HTTP/1.1 20", message: "the worker closed the connection inside the head of its response" },
  { wire: HEAD, message: "the worker closed the connection inside the body of its response" },
  { wire: "HTTP/1.1 100 Continue\r\n\r\n".repeat(17), message: "too many 1xx heads before the response" },
])("says that $message", ({ wire, message }) => {
  const decoder = fed(wire);
  decoder.end();
  const failure = expect.objectContaining({ statusHint: 502, offset: wire.length });
  expect(() => events(decoder)).toThrow(failure);
  expect(() => decoder.next()).toThrow(message);
});

test("the end of a head that arrives line by line is searched for in the new lines only", () => {
  const decoder = fed("HTTP/1.1 200 OK\r\n");
  const search = vi.spyOn(Buffer.prototype, "indexOf");
  for (let line = 0; line < 100; line += 1) {
    decoder.receive(Buffer.from("A: 1\r\n"));
    expect(decoder.next()).toEqual({ type: "need-data" });
  }
  expect(search.mock.calls.length).toBeLessThan(500);
  decoder.receive(Buffer.from("\r\n"));
  expect(types(decoder)).toEqual(["head"]);
});

function fed(wire: string): ResponseDecoder {
  const decoder = new ResponseDecoder();
  decoder.receive(Buffer.from(wire, "latin1"));
  return decoder;
}

function events(decoder: ResponseDecoder): ResponseEvent[] {
  const found: ResponseEvent[] = [];
  for (let event = decoder.next(); event.type !== "need-data"; event = decoder.next()) {
    found.push(event);
    if (found.length > 100) throw new Error("the decoder reports events without end");
  }
  return found;
}

function types(decoder: ResponseDecoder): ResponseEvent["type"][] {
  return events(decoder).map(({ type }) => type);
}

function thrownBy(decoder: ResponseDecoder): unknown {
  try {
    return decoder.next();
  } catch (error) {
    return error;
  }
}

test("what has come behind a 101 is handed over, once", () => {
  const decoder = new ResponseDecoder();
  decoder.receive(Buffer.from("HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\n\r\nfirst bytes"));
  expect(decoder.next()).toMatchObject({ type: "head", head: { status: 101 }, framing: { type: "close" } });
  expect(decoder.takeRemainder().toString()).toBe("first bytes");
  expect(decoder.takeRemainder()).toHaveLength(0);
});
