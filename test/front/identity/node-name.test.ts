import { expect, test } from "vitest";
import { parseNodeName } from "../../../src/front/identity/node-name.ts";

test.each([
  ["192.0.2.1", "192.0.2.1", ""],
  ["192.0.2.1:80", "192.0.2.1", "80"],
  ["192.0.2.1:_proxy-1", "192.0.2.1", ""],
  ["[2001:DB8::1]", "2001:db8::1", ""],
  ["[2001:db8::1]:65535", "2001:db8::1", "65535"],
  ["[2001:db8::1]:_x.y", "2001:db8::1", ""],
  ["2001:db8::1", "2001:db8::1", ""],
  ["::ffff:192.0.2.1", "192.0.2.1", ""],
  ["[::FFFF:192.0.2.1]:1", "192.0.2.1", "1"],
  ["::ffff:c000:201", "192.0.2.1", ""],
  ["[0:0:0:0:0:FFFF:C000:0201]:1", "192.0.2.1", "1"],
  ["::fffe:c000:201", "::fffe:c000:201", ""],
])("%s is an address", (text, address, port) => {
  expect(parseNodeName(text)).toEqual({ type: "address", address, port });
});

test.each(["unknown", "Unknown", "unknown:80", "_hidden", "_SEVKISEK", "_a.b-c:_d"])(
  "%s is hidden",
  (text) => {
    expect(parseNodeName(text)).toEqual({ type: "hidden" });
  },
);

test.each([
  "",
  "_",
  "a.test",
  "192.0.2",
  "192.0.2.1.5",
  "0192.0.2.1",
  "192.0.2.1:",
  "192.0.2.1:65536",
  "192.0.2.1:123456",
  "192.0.2.1:80:80",
  "192.0.2.1:-1",
  "192.0.2.1 ",
  "[192.0.2.1]",
  "[2001:db8::1",
  "2001:db8::1]",
  "[2001:db8::1]x",
  "[]",
  "[fe80::1%eth0]",
  "fe80::1%eth0",
  "unknown2",
  "_hid den",
  "192.0.2.1/8",
  "127.0.0.1\u0000",
])("%j is no name", (text) => {
  expect(parseNodeName(text)).toBeUndefined();
});
