import { expect, test } from "vitest";
import { encodePacket } from "../../src/codec/index.ts";
import { packetJson } from "../../src/inspect/packet-json.ts";
import { PacketScanner } from "../../src/inspect/packet-scanner.ts";

const REQUEST = encodePacket({
  modifier1: 0,
  modifier2: 0,
  vars: [
    ["HTTP_X", "\u009b\u00ff"],
    ["HTTP_COOKIE", "sid=1"],
    ["CONTENT_LENGTH", "5"],
  ],
});

test("a request is one document, once its body is over", () => {
  expect(documents(REQUEST, Buffer.from("hello"))).toEqual([
    {
      number: 1,
      offset: 0,
      modifier1: 0,
      modifier2: 0,
      meaning: "a request for the default application",
      datasize: 51,
      vars: [
        { name: "HTTP_X", value: "\u009b\u00ff", bytes: 2 },
        { name: "HTTP_COOKIE", bytes: 5, redacted: true },
        { name: "CONTENT_LENGTH", value: "5", bytes: 1 },
      ],
      bodyBytes: 5,
      bodyLength: 5,
    },
  ]);
});

test("secrets are there on request", () => {
  expect(JSON.stringify(documents(REQUEST, Buffer.from("hello"), true))).toContain("sid=1");
});

test("a body without a length", () => {
  const chunked = encodePacket({ modifier1: 0, modifier2: 0, vars: [["HTTP_TRANSFER_ENCODING", "chunked"]] });
  expect(documents(chunked, Buffer.from("abc"))).toMatchObject([{ bodyBytes: 3, bodyLength: null }]);
});

test("what is broken is a document too", () => {
  expect(documents(Buffer.from("000200000000", "hex"))).toEqual([
    {
      number: 1,
      offset: 0,
      error: { code: "UWB_ERR_VARS_MALFORMED", message: "a key is empty (at byte 4)", offset: 4 },
    },
  ]);
});

test("every line is ASCII without control characters", () => {
  for (const line of lines(REQUEST, Buffer.from("hello"), true)) expect(line).toMatch(/^[\u0020-\u007e]*$/);
});

function documents(packet: Uint8Array, body = Buffer.alloc(0), showSecrets = false): unknown[] {
  return lines(packet, body, showSecrets).map((line) => JSON.parse(line) as unknown);
}

function lines(packet: Uint8Array, body: Buffer, showSecrets: boolean): string[] {
  const scanner = new PacketScanner();
  const events = [...scanner.receive(Buffer.concat([packet, body])), ...scanner.end()];
  return events.flatMap((event) => packetJson(event, { showSecrets }));
}
