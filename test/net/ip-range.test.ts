import { expect, test } from "vitest";
import { parseIpRange } from "../../src/net/ip-range.ts";

test.each([
  ["10.0.0.0/8", 4, [0x0a000000], [0x0affffff], 8],
  ["10.1.2.3/8", 4, [0x0a000000], [0x0affffff], 8],
  ["10.1.2.3", 4, [0x0a010203], [0x0a010203], 32],
  ["0.0.0.0/0", 4, [0], [0xffffffff], 0],
  ["255.255.255.255/31", 4, [0xfffffffe], [0xffffffff], 31],
  ["::/0", 6, [0, 0, 0, 0], [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], 0],
  ["2001:db8::/33", 6, [0x20010db8, 0, 0, 0], [0x20010db8, 0x7fffffff, 0xffffffff, 0xffffffff], 33],
  ["::ffff:10.0.0.0/104", 4, [0x0a000000], [0x0affffff], 8],
])("%s", (text, family, first, last, bits) => {
  expect(parseIpRange(text)).toEqual({ family, first, last, bits });
});

test.each([
  "",
  "/8",
  "10.0.0.0/",
  "10.0.0.0/33",
  "10.0.0.0/-1",
  "10.0.0.0/8/8",
  "10.0.0.0/8.5",
  "10.0.0.0/+8",
])("%j is none", (text) => {
  expect(parseIpRange(text)).toBeUndefined();
});

test.each(["::1/129", "::ffff:10.0.0.0/8", "fe80::1%eth0", "fe80::%eth0/10"])("%j is none", (text) => {
  expect(parseIpRange(text)).toBeUndefined();
});
