import { expect, test } from "vitest";
import { isEventStream } from "../../src/codec/event-stream.ts";

test.each([
  { headers: [["Content-Type", "text/event-stream"]], is: true },
  { headers: [["content-type", "Text/Event-Stream; charset=utf-8"]], is: true },
  {
    headers: [
      ["X", "1"],
      ["Content-Type", "text/event-stream ;x"],
    ],
    is: true,
  },
  { headers: [["Content-Type", "text/event-streams"]], is: false },
  { headers: [["Content-Type", "text/plain; a=text/event-stream"]], is: false },
  { headers: [["Content-Kind", "text/event-stream"]], is: false },
  { headers: [], is: false },
] as const)("$headers: $is", ({ headers, is }) => {
  expect(isEventStream(headers)).toBe(is);
});
