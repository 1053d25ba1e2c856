import { describe, expect, test } from "vitest";
import { ResponseDecoder } from "../../src/codec/index.ts";
import { namedCuts } from "../support/feed.ts";
import { runResponse } from "./run-response.ts";

const INTERIM = "HTTP/1.1 100 Continue\r\n\r\n";
const TOO_LARGE = "UWB_ERR_RESPONSE_TOO_LARGE";

describe.each([
  { ends: "CRLF", head: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
  { ends: "LF", head: "HTTP/1.1 200 OK\nContent-Length: 0\n\n" },
  { ends: "LF, then CRLF", head: "HTTP/1.1 200 OK\nContent-Length: 0\n\r\n" },
])("maxHeadBytes counts a whole head with line ends of $ends, however it arrives", ({ head }) => {
  const wire = Buffer.from(head);
  const cuts = Object.entries(namedCuts).map(([name, cut]) => ({ name, chunks: cut(wire) }));

  test.each(cuts)("at the limit, fed $name", ({ chunks }) => {
    expect(runResponse(chunks, { maxHeadBytes: wire.length })).toMatchObject({ outcome: "whole" });
  });

  test.each([1, 2, 3].flatMap((past) => cuts.map((cut) => ({ past, ...cut }))))(
    "$past past the limit, fed $name",
    ({ past, chunks }) => {
      const maxHeadBytes = wire.length - past;
      const outcome = { code: TOO_LARGE, offset: maxHeadBytes };
      expect(runResponse(chunks, { maxHeadBytes })).toMatchObject({ outcome, beforeClose: true });
    },
  );
});

test("a head that never ends is refused with the first byte past the limit", () => {
  const decoder = new ResponseDecoder({ maxHeadBytes: 10 });
  decoder.receive(Buffer.from("HTTP/1.1 2"));
  expect(decoder.next()).toEqual({ type: "need-data" });
  decoder.receive(Buffer.from("0"));
  expect(() => decoder.next()).toThrow(
    expect.objectContaining({ code: TOO_LARGE, offset: 10, statusHint: 502 }),
  );
  expect(() => decoder.next()).toThrow(/longer than 10 bytes/);
});

test("maxHeadBytes is 65 536 when nothing is said", () => {
  const head = (size: number) => {
    const start = "HTTP/1.1 200 OK\r\nA: ";
    return Buffer.from(`${start}${"a".repeat(size - start.length - 4)}\r\n\r\n`);
  };
  expect(runResponse([head(65_536)])).toMatchObject({ outcome: "whole" });
  expect(runResponse([head(65_537)])).toMatchObject({ outcome: { code: TOO_LARGE, offset: 65_536 } });
});

test("interim heads count one by one, not together", () => {
  const wire = Buffer.from(`${INTERIM}${INTERIM}HTTP/1.1 204 \r\n\r\n`);
  expect(runResponse([wire], { maxHeadBytes: INTERIM.length })).toMatchObject({ outcome: "whole" });
  expect(runResponse([wire], { maxHeadBytes: INTERIM.length - 1 })).toMatchObject({
    outcome: { code: TOO_LARGE, offset: INTERIM.length - 1 },
  });
});

test("a body is no part of the head, however long it is", () => {
  const wire = Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(100)}`);
  expect(runResponse([wire], { maxHeadBytes: 19 })).toMatchObject({
    outcome: "whole",
    body: "x".repeat(100),
  });
});

test.each([
  { count: 16, outcome: "whole" },
  { count: 17, outcome: { code: "UWB_ERR_RESPONSE_MALFORMED", offset: 17 * INTERIM.length } },
])("$count interim heads", ({ count, outcome }) => {
  const run = runResponse([Buffer.from(`${INTERIM.repeat(count)}HTTP/1.1 204 \r\n\r\n`)]);
  expect(run).toMatchObject({ outcome });
  expect(run.interim).toHaveLength(16);
});

test.each([
  { fields: 2, outcome: "whole" },
  { fields: 3, outcome: { code: TOO_LARGE, offset: 27 } },
])("$fields fields where maxHeadFields is 2", ({ fields, outcome }) => {
  const wire = Buffer.from(`HTTP/1.1 204 \r\n${"A: 1\r\n".repeat(fields)}\r\n`);
  expect(runResponse([wire], { maxHeadFields: 2 })).toMatchObject({ outcome });
});

test.each([
  { fields: 256, outcome: "whole" },
  { fields: 257, outcome: { code: TOO_LARGE, offset: 15 + 256 * 6 } },
])("$fields fields where nothing is said", ({ fields, outcome }) => {
  const wire = Buffer.from(`HTTP/1.1 204 \r\n${"A: 1\r\n".repeat(fields)}\r\n`);
  expect(runResponse([wire])).toMatchObject({ outcome });
});

test.each([
  { digits: 15, outcome: "whole" },
  { digits: 16, outcome: { code: "UWB_ERR_RESPONSE_FRAMING", offset: 0 } },
])("a Content-Length of $digits digits", ({ digits, outcome }) => {
  const wire = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${"3".padStart(digits, "0")}\r\n\r\nabc`);
  expect(runResponse([wire])).toMatchObject({ outcome });
});
