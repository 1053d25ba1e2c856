import { expect, test } from "vitest";
import { addressKey } from "../../../src/front/balance/address-key.ts";
import { hostsOf } from "../../../src/front/balance/hosts-file.ts";
import { randomPauseMs } from "../../../src/front/balance/random-pause.ts";
import { resolvePauseMs } from "../../../src/front/balance/resolve-pause.ts";

test.each<[string, number | undefined, number, number]>([
  ["the answer holds", 12_000, 0, 12_000],
  ["it holds not at all", 0, 0, 1000],
  ["it holds for a day", 86_400_000, 0, 30_000],
  ["it does not say", undefined, 0, 5000],
  ["the configuration says more than the answer", 12_000, 2000, 2000],
  ["the configuration may be shorter and longer than we would", undefined, 100, 100],
])("%s: %s ms, configured %s ms, is %s ms", (_what, ttlMs, intervalMs, pauseMs) => {
  expect(resolvePauseMs(ttlMs, intervalMs)).toBe(pauseMs);
});

test("a pause differs by 10 % at most", () => {
  expect([0, 0.5, 1].map((random) => Math.round(randomPauseMs(1000, random)))).toEqual([900, 1000, 1100]);
});

test("the names in a hosts file", () => {
  const names = hostsOf("127.0.0.1\tlocalhost\n# 10.0.0.1 old\n\n10.0.0.2  App app.internal # the app\n");
  expect([...names].sort()).toEqual(["app", "app.internal", "localhost"]);
});

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["2001:db8:1:2::", "2001:db8:1:2"],
])("of %s counts %s", (address, key) => {
  expect(addressKey(address)).toBe(key);
});
