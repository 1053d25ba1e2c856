import { expect, test } from "vitest";
import { announceResponse } from "../../src/gateway/response-start.ts";

const EVENTS = ["Content-Type", "text/event-stream"] as const;

test.each([
  { name: "events are not to be held back", headers: [EVENTS], sent: [EVENTS, ["X-Accel-Buffering", "no"]] },
  {
    name: "the application knows better",
    headers: [["x-accel-buffering", "yes"], EVENTS],
    sent: [["x-accel-buffering", "yes"], EVENTS],
  },
  {
    name: "other responses stay as they are",
    headers: [["Content-Type", "text/plain"]],
    sent: [["Content-Type", "text/plain"]],
  },
])("$name", ({ headers, sent }) => {
  expect(announceResponse(200, headers).head.headers).toEqual(sent);
});
