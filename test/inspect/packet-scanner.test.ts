import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { encodePacket, type Vars } from "../../src/codec/index.ts";
import { PacketScanner, type ScanEvent, scanPackets } from "../../src/inspect/packet-scanner.ts";
import { namedCuts } from "../support/feed.ts";

const POST = packet([
  ["REQUEST_METHOD", "POST"],
  ["CONTENT_LENGTH", "5"],
]);
const GET = packet([["REQUEST_METHOD", "GET"]]);
const PING = Buffer.from([100, 0, 0, 0]);

describe.each(Object.entries(namedCuts))("fed %s", (_name, cut) => {
  test("packets and bodies are found one after the other", () => {
    const events = scan(cut(Buffer.concat([POST, Buffer.from("hello"), GET, PING])));
    expect(events.map(summary)).toEqual([
      ["packet", 1, 0, 5],
      ["body", 1, 5],
      ["packet", 2, POST.length + 5, 0],
      ["body", 2, 0],
      ["packet", 3, POST.length + 5 + GET.length, 0],
      ["body", 3, 0],
    ]);
  });

  test("a packet comes with its own bytes only", () => {
    const [first] = scan(cut(Buffer.concat([POST, Buffer.from("hello"), GET])));
    expect(first?.type === "packet" && first.found.bytes.equals(POST)).toBe(true);
  });

  test("a body that ends too early is told with what was there", () => {
    expect(scan(cut(Buffer.concat([POST, Buffer.from("hel")]))).map(summary)).toEqual([
      ["packet", 1, 0, 5],
      ["body", 1, 3],
    ]);
  });

  test("a broken packet ends it, with its place and its bytes", () => {
    const broken = Buffer.from("000200000000", "hex");
    const events = scan(cut(Buffer.concat([GET, broken])));
    expect(events.map(summary).slice(2)).toEqual([["broken", 2, GET.length, "UWB_ERR_VARS_MALFORMED", 4]]);
    const last = events.at(-1);
    expect(last?.type === "broken" && last.broken.bytes.equals(broken)).toBe(true);
  });

  test("a packet that is cut is broken where it ends", () => {
    expect(scan(cut(GET.subarray(0, 9))).map(summary)).toEqual([
      ["broken", 1, 0, "UWB_ERR_PACKET_TRUNCATED", 9],
    ]);
  });

  test.each<{ name: string; vars: Vars }>([
    { name: "chunked", vars: [["HTTP_TRANSFER_ENCODING", "chunked"]] },
    { name: "of a length that is no number", vars: [["CONTENT_LENGTH", "-1"]] },
  ])("a body that is $name goes on to the end", ({ vars }) => {
    expect(scan(cut(Buffer.concat([packet(vars), GET]))).map(summary)).toEqual([
      ["packet", 1, 0, undefined],
      ["body", 1, GET.length],
    ]);
  });
});

test.each<{ name: string; vars: Vars; length: number }>([
  { name: "an empty CONTENT_LENGTH", vars: [["CONTENT_LENGTH", ""]], length: 0 },
  {
    name: "two of them: the last one counts",
    vars: [
      ["CONTENT_LENGTH", "1"],
      ["CONTENT_LENGTH", "2"],
    ],
    length: 2,
  },
  {
    name: "a length of a chunked body that nginx has put together",
    vars: [
      ["HTTP_TRANSFER_ENCODING", "chunked"],
      ["CONTENT_LENGTH", "7"],
    ],
    length: 7,
  },
])("$name", ({ vars, length }) => {
  expect(scan([packet(vars)]).map(summary)[0]).toEqual(["packet", 1, 0, length]);
});

test("what is no request has no body, whatever its vars say", () => {
  const spooler = encodePacket({ modifier1: 17, modifier2: 0, vars: [["CONTENT_LENGTH", "5"]] });
  expect(scan([spooler]).map(summary)[0]).toEqual(["packet", 1, 0, 0]);
});

test("nothing is nothing", () => {
  expect(scan([])).toEqual([]);
});

test("the end may be told twice, and what follows it is ignored", () => {
  const scanner = new PacketScanner();
  scanner.receive(GET.subarray(0, 9));
  expect(scanner.end()).toHaveLength(1);
  expect(scanner.end()).toEqual([]);
  expect(scanner.receive(GET)).toEqual([]);
});

test("limits are those of the decoder", () => {
  const scanner = new PacketScanner({ maxVarsBytes: GET.length - 5 });
  expect(scanner.receive(GET).map(summary)).toEqual([["broken", 1, 0, "UWB_ERR_VARS_TOO_LARGE", 1]]);
});

test("a source is read until something is broken, and no further", async () => {
  let reads = 0;
  const source = Readable.from(
    (function* () {
      for (const chunk of [GET, Buffer.from("GET / HTTP/1.1\r\n\r\n"), GET, GET, GET]) {
        reads += 1;
        yield chunk;
      }
    })(),
    { highWaterMark: 1 },
  );
  const types: string[] = [];
  for await (const event of scanPackets(source)) types.push(event.type);
  expect(types).toEqual(["packet", "body", "broken"]);
  expect(reads).toBeLessThan(5);
});

function packet(vars: Vars): Buffer {
  return Buffer.from(encodePacket({ modifier1: 0, modifier2: 0, vars }));
}

function scan(chunks: readonly Uint8Array[]): ScanEvent[] {
  const scanner = new PacketScanner();
  return [...chunks.flatMap((chunk) => scanner.receive(chunk)), ...scanner.end()];
}

function summary(event: ScanEvent): unknown[] {
  switch (event.type) {
    case "packet":
      return ["packet", event.found.number, event.found.offset, event.found.bodyLength];
    case "body":
      return ["body", event.found.number, event.bodyBytes];
    case "broken": {
      const { number, offset, error } = event.broken;
      return ["broken", number, offset, error.code, error.offset];
    }
  }
}
