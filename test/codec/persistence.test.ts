import { expect, test } from "vitest";
import { acceptedIdleMs, offersPersistence, PERSISTENCE } from "../../src/codec/persistence.ts";

const plain = ["REQUEST_METHOD", "GET"] as const;

test.each([
  ["both signs", { modifier1: 0, modifier2: 200, vars: [plain, PERSISTENCE.offer] }, true],
  [
    "the var alone: a router rewrote the modifiers",
    { modifier1: 0, modifier2: 0, vars: [PERSISTENCE.offer] },
    false,
  ],
  ["the modifier alone", { modifier1: 0, modifier2: 200, vars: [plain] }, false],
  ["another first modifier", { modifier1: 5, modifier2: 200, vars: [PERSISTENCE.offer] }, false],
  ["another value", { modifier1: 0, modifier2: 200, vars: [["UWSGI_BRIDGE_PERSIST", "0"] as const] }, false],
  [
    "a header of that name",
    { modifier1: 0, modifier2: 200, vars: [["HTTP_UWSGI_BRIDGE_PERSIST", "1"] as const] },
    false,
  ],
])("%s: offered is %j %s", (_name, packet, offered) => {
  expect(offersPersistence(packet)).toBe(offered);
});

test.each([
  ["nothing said", [], undefined],
  ["a number", [["X-Uwsgi-Bridge-Persist", "60"]], 60_000],
  ["any case of letters", [["x-uwsgi-bridge-PERSIST", "1"]], 1000],
  ["a day", [["X-Uwsgi-Bridge-Persist", "86400"]], 86_400_000],
  ["more than a day", [["X-Uwsgi-Bridge-Persist", "86401"]], undefined],
  ["zero", [["X-Uwsgi-Bridge-Persist", "0"]], undefined],
  ["no number", [["X-Uwsgi-Bridge-Persist", "1e3"]], undefined],
  ["empty", [["X-Uwsgi-Bridge-Persist", ""]], undefined],
  [
    "twice",
    [
      ["X-Uwsgi-Bridge-Persist", "60"],
      ["X-Uwsgi-Bridge-Persist", "60"],
    ],
    undefined,
  ],
  ["another field of the same length", [["X-Uwsgi-Bridge-Persisd", "60"]], undefined],
] as [string, [string, string][], number | undefined][])(
  "%s: the connection is kept for %j %j",
  (_name, headers, ms) => {
    expect(acceptedIdleMs(headers)).toBe(ms);
  },
);
