import { describe, expect, test } from "vitest";
import { ResponseDecoder } from "../../src/codec/index.ts";
import { namedCuts, twoWayCuts } from "../support/feed.ts";
import { runResponse } from "./run-response.ts";
import { acceptedResponses, refusedResponses } from "./vectors.ts";

describe.each(Object.entries(namedCuts))("fed %s", (_name, cut) => {
  test.each(acceptedResponses)("decodes $name", ({ wire, options, expected }) => {
    const beforeClose = expected.framing.type !== "close";
    const run = runResponse(cut(wire), options);
    expect(run).toEqual({ outcome: "whole", beforeClose, ...expected });
  });

  test.each(refusedResponses)("rejects $name", ({ wire, options, error, closed }) => {
    const run = runResponse(cut(wire), options);
    expect(run).toMatchObject({ outcome: error, beforeClose: !closed });
  });
});

describe("cut in two at every position", () => {
  test.each(acceptedResponses)("decodes $name", ({ wire, options, expected }) => {
    const beforeClose = expected.framing.type !== "close";
    const headEnd = wire.indexOf("\r\n\r\n");
    for (const { name, chunks } of twoWayCuts(wire, [headEnd + 2, headEnd + 4])) {
      expect(runResponse(chunks, options), name).toEqual({ outcome: "whole", beforeClose, ...expected });
    }
  });

  test.each(refusedResponses)("rejects $name", ({ wire, options, error, closed }) => {
    const headEnd = wire.indexOf("\r\n\r\n");
    for (const { name, chunks } of twoWayCuts(wire, [headEnd + 2, headEnd + 4, error.offset])) {
      expect(runResponse(chunks, options), name).toMatchObject({ outcome: error, beforeClose: !closed });
    }
  });
});

test.each(refusedResponses)("a decoder that rejected $name stays failed", ({ wire, options, error }) => {
  const decoder = new ResponseDecoder(options);
  decoder.receive(wire);
  decoder.end();
  expect(() => readOn(decoder)).toThrow(expect.objectContaining({ ...error, statusHint: 502 }));
  decoder.receive(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  expect(() => decoder.next()).toThrow(expect.objectContaining(error));
});

/** Far enough for any of these inputs. */
function readOn(decoder: ResponseDecoder): void {
  for (let events = 0; events < 100; events += 1) decoder.next();
}
