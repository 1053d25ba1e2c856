import { expect, test } from "vitest";
import { type FailedExchange, mayRetry, type RetryCause } from "../../src/client/retry-rule.ts";

const get: FailedExchange = {
  failedAt: "lost",
  method: "GET",
  isReplayable: true,
  wasReused: false,
  hasAlternative: true,
  untried: 1,
  servers: 2,
  failed: 0,
  sends: 1,
  maxSends: 2,
  causes: new Set<RetryCause>(["error", "timeout"]),
};
const alone = { servers: 1, untried: 0, hasAlternative: false };
const off = { causes: new Set<RetryCause>() };
const stale = { ...alone, wasReused: true };

test.each<[string, Partial<FailedExchange>, boolean]>([
  ["a GET that was lost, once", {}, true],
  ["a GET that was lost for the second time", { sends: 2, failed: 1 }, false],
  ["a GET that was lost for the second time, of three", { sends: 2, maxSends: 3 }, true],
  ["a GET that a fresh connection to the only server lost", alone, false],
  ["a GET that one process of the only server lost", { ...alone, hasAlternative: true }, true],
  ["a HEAD", { method: "HEAD" }, true],
  ["a PUT", { method: "PUT" }, true],
  ["a DELETE", { method: "DELETE" }, true],
  ["a POST that may have run", { method: "POST" }, false],
  ["a PATCH that may have run", { method: "PATCH" }, false],
  ["a method nobody knows", { method: "BREW" }, false],
  ["a method in small letters is another one", { method: "get" }, false],
  ["a lost GET where errors are no cause", off, false],
  ["a GET on a connection that was closed in that moment", stale, true],
  ["the same where nothing is a cause", { ...stale, ...off }, true],
  ["the same where one try is all", { ...stale, maxSends: 1 }, true],
  ["the same for the second time", { ...stale, sends: 2 }, false],
  ["a POST on such a connection", { ...stale, method: "POST" }, false],
  ["a POST that was refused", { ...alone, method: "POST", failedAt: "refused" }, true],
  ["a POST that was refused where nothing is a cause", { ...off, method: "POST", failedAt: "refused" }, true],
  ["a refusal by everybody, and three more", { failedAt: "refused", failed: 4 }, true],
  ["one refusal more than that", { failedAt: "refused", failed: 5 }, false],
  ["a body that is gone", { failedAt: "refused", isReplayable: false }, false],
  ["a lost PUT whose body is gone", { method: "PUT", isReplayable: false }, false],
  ["no connection to the only server", { ...alone, failedAt: "connect" }, false],
  ["no connection to the first of two", { failedAt: "connect", method: "POST" }, true],
  ["no connection to the first of two, sent twice already", { failedAt: "connect", sends: 2 }, true],
  ["no connection to the last of two", { failedAt: "connect", untried: 0, failed: 1 }, false],
  ["no connection where errors are no cause", { ...off, failedAt: "connect" }, false],
  ["a GET without an answer in time", { failedAt: "silent" }, true],
  ["a POST without an answer in time", { failedAt: "silent", method: "POST" }, false],
  ["a GET without an answer, the second one in a row", { failedAt: "silent", sends: 2 }, false],
  ["a GET that all servers left without an answer", { failedAt: "silent", untried: 0, maxSends: 9 }, false],
  [
    "a GET without an answer where that is no cause",
    { failedAt: "silent", causes: new Set(["error"]) },
    false,
  ],
  ["a kept connection that is silent is no stale one", { failedAt: "silent", ...stale }, false],
  ["a GET with a status to ask another server for", { failedAt: "status" }, true],
  ["a POST with such a status", { failedAt: "status", method: "POST" }, false],
  ["a GET with such a status from the last server", { failedAt: "status", untried: 0 }, false],
  ["a GET with such a status, the second one", { failedAt: "status", sends: 2 }, false],
  ["part of an answer", { failedAt: "answered" }, false],
  ["a body that could not be read", { failedAt: "body" }, false],
])("%s: sent again is %j %s", (_name, changes, again) => {
  expect(mayRetry({ ...get, ...changes })).toBe(again);
});
