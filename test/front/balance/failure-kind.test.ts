import { expect, test } from "vitest";
import type { FailedAt } from "../../../src/client/retry-rule.ts";
import type { ErrorCode } from "../../../src/errors.ts";
import { failureKind } from "../../../src/front/balance/failure-kind.ts";

test.each<[string, ErrorCode, FailedAt, string | undefined]>([
  ["no connection", "UWB_ERR_UPSTREAM_CONNECT", "connect", "connect"],
  ["no connection in time", "UWB_ERR_UPSTREAM_CONNECT_TIMEOUT", "connect", "connect"],
  ["closed without an answer", "UWB_ERR_UPSTREAM_CLOSED", "lost", "reset"],
  ["reset before the answer", "UWB_ERR_UPSTREAM_RESET", "lost", "reset"],
  ["reset within the answer", "UWB_ERR_UPSTREAM_RESET", "answered", "reset"],
  ["silence", "UWB_ERR_UPSTREAM_READ_TIMEOUT", "silent", "timeout"],
  ["silence within the answer", "UWB_ERR_UPSTREAM_READ_TIMEOUT", "answered", "timeout"],
  ["a body that is not taken", "UWB_ERR_UPSTREAM_SEND_TIMEOUT", "silent", "timeout"],
  ["no head at all", "UWB_ERR_RESPONSE_MALFORMED", "answered", "garbage"],
  ["two lengths", "UWB_ERR_RESPONSE_FRAMING", "answered", "garbage"],
  ["an end too early", "UWB_ERR_RESPONSE_TRUNCATED", "answered", "garbage"],
  ["broken chunks", "UWB_ERR_CHUNK_MALFORMED", "answered", "garbage"],
  ["too many requests for it", "UWB_ERR_UPSTREAM_BUSY", "connect", undefined],
  ["a worker that is about to end", "UWB_ERR_UPSTREAM_REFUSED", "refused", undefined],
  ["the client's body breaks off", "UWB_ERR_UPSTREAM_CLOSED", "body", undefined],
  ["the client's body is slow", "UWB_ERR_BODY_TIMEOUT", "body", undefined],
  ["a page with too many cookies", "UWB_ERR_RESPONSE_TOO_LARGE", "answered", undefined],
  ["an upgrade to something else", "UWB_ERR_RESPONSE_UPGRADE", "answered", undefined],
])("%s: %s at %s is %s", (_what, code, failedAt, kind) => {
  expect(failureKind({ code, failedAt, wasReused: false })).toBe(kind);
});

test("a kept connection that ends in the moment it is used is no failure, one that is silent is", () => {
  expect(failureKind({ code: "UWB_ERR_UPSTREAM_CLOSED", failedAt: "lost", wasReused: true })).toBeUndefined();
  expect(failureKind({ code: "UWB_ERR_UPSTREAM_READ_TIMEOUT", failedAt: "silent", wasReused: true })).toBe(
    "timeout",
  );
});
