import { expect, test } from "vitest";

// Adding or removing a public name shows up here as a diff, so that it is a decision and not an accident.
test("uwsgi-bridge exports these names", async () => {
  expect(Object.keys(await import("../src/index.ts")).sort()).toMatchInlineSnapshot(`
    [
      "ConfigError",
      "ERROR_CODES",
      "LintError",
      "ProtocolError",
      "UpstreamError",
      "UsageError",
      "UwsgiBridgeError",
      "VERSION",
      "createFront",
      "createWorker",
      "decodeUtf8",
      "defineApplication",
      "encodeUtf8",
      "formatEndpoint",
      "loadApp",
      "parseEndpoint",
      "parseTarget",
      "requestUrl",
      "serve",
      "validator",
    ]
  `);
});

test("uwsgi-bridge/codec exports these names", async () => {
  expect(Object.keys(await import("../src/codec/index.ts")).sort()).toMatchInlineSnapshot(`
    [
      "ChunkedDecoder",
      "ConfigError",
      "ERROR_CODES",
      "HEADER_BYTES",
      "LENGTH_BYTES",
      "MAX_DATASIZE",
      "MODIFIER1",
      "PacketDecoder",
      "ProtocolError",
      "ResponseDecoder",
      "UpstreamError",
      "UsageError",
      "UwsgiBridgeError",
      "decodeVars",
      "encodePacket",
      "encodeVars",
      "packetText",
      "parseLength",
      "parseResponseHead",
      "responseFraming",
      "responseHeadText",
      "varsSize",
      "varsText",
    ]
  `);
});

test("uwsgi-bridge/client exports these names", async () => {
  expect(Object.keys(await import("../src/client/index.ts")).sort()).toMatchInlineSnapshot(`
    [
      "parseTarget",
      "ping",
      "request",
    ]
  `);
});

test("uwsgi-bridge/adapters exports these names", async () => {
  expect(Object.keys(await import("../src/adapters/index.ts")).sort()).toMatchInlineSnapshot(`
    [
      "fromFetch",
      "fromNode",
      "toNode",
    ]
  `);
});
