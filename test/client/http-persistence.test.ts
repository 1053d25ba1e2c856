import { expect, test } from "vitest";
import { httpIdleMs } from "../../src/client/http-persistence.ts";
import type { ResponseFraming } from "../../src/codec/response-framing.ts";
import type { HeaderPair } from "../../src/codec/response-head.ts";

const whole: ResponseFraming = { type: "length", length: 3 };

test.each<{ headers: readonly HeaderPair[]; idleMs: number | undefined }>([
  { headers: [], idleMs: Number.POSITIVE_INFINITY },
  { headers: [["Connection", "keep-alive"]], idleMs: Number.POSITIVE_INFINITY },
  { headers: [["connection", "x, Close"]], idleMs: undefined },
  { headers: [["Keep-Alive", "timeout=5"]], idleMs: 5000 },
  { headers: [["keep-alive", "max=100, timeout=72"]], idleMs: 72_000 },
  { headers: [["Keep-Alive", "timeout=soon"]], idleMs: Number.POSITIVE_INFINITY },
  {
    headers: [
      ["Keep-Alive", "timeout=5"],
      ["Connection", "close"],
    ],
    idleMs: undefined,
  },
])("$headers: $idleMs ms", ({ headers, idleMs }) => {
  expect(httpIdleMs({ status: 200, reason: "", headers }, whole, false)).toBe(idleMs);
});

test("not a connection whose end is that of the body, nor one of HTTP/1.0", () => {
  const head = { status: 200, reason: "", headers: [] };
  expect(httpIdleMs(head, { type: "close", length: undefined }, false)).toBeUndefined();
  expect(httpIdleMs(head, whole, true)).toBeUndefined();
});
