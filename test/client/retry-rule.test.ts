import { expect, test } from "vitest";
import { type FailedExchange, mayRetry } from "../../src/client/retry-rule.ts";

const get: FailedExchange = {
  failedAt: "lost",
  method: "GET",
  isReplayable: true,
  hasAlternative: true,
  lost: 0,
  failed: 0,
  servers: 1,
};

test.each<[string, Partial<FailedExchange>, boolean]>([
  ["a GET that was lost, once", {}, true],
  ["a GET that was lost for the second time", { lost: 1, failed: 1 }, false],
  ["a GET that a fresh connection to the only server lost", { hasAlternative: false }, false],
  ["a HEAD", { method: "HEAD" }, true],
  ["a PUT", { method: "PUT" }, true],
  ["a DELETE", { method: "DELETE" }, true],
  ["a POST that may have run", { method: "POST" }, false],
  ["a PATCH that may have run", { method: "PATCH" }, false],
  ["a method nobody knows", { method: "BREW" }, false],
  ["a method in small letters is another one", { method: "get" }, false],
  ["a POST that was refused", { method: "POST", failedAt: "refused" }, true],
  [
    "a POST that was refused by a fresh connection",
    { method: "POST", failedAt: "refused", hasAlternative: false },
    true,
  ],
  ["a refusal by everybody, and three more", { failedAt: "refused", servers: 2, failed: 4 }, true],
  ["one refusal more than that", { failedAt: "refused", servers: 2, failed: 5 }, false],
  ["a body that is gone", { failedAt: "refused", isReplayable: false }, false],
  ["a lost PUT whose body is gone", { method: "PUT", isReplayable: false }, false],
  ["no connection to the only server", { failedAt: "connect" }, false],
  ["no connection to the first of two", { failedAt: "connect", servers: 2, method: "POST" }, true],
  ["no connection to the last of two", { failedAt: "connect", servers: 2, failed: 1 }, false],
  ["part of an answer", { failedAt: "answered", servers: 2 }, false],
])("%s: sent again is %j %s", (_name, changes, again) => {
  expect(mayRetry({ ...get, ...changes })).toBe(again);
});
