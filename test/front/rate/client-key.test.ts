import { expect, test } from "vitest";
import { clientKey } from "../../../src/front/rate/client-key.ts";

test.each([
  ["", ""],
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["1::", "1:0:0:0::/64"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::ffff:c000:201", "192.0.2.1"],
  ["64:ff9b::192.0.2.1", "192.0.2.1"],
  ["fe80::1%eth0", "fe80::1%eth0"],
  ["FEBF::A", "febf::a"],
  // What is no address is counted as it is.
  ["1::2::3", "1::2::3"],
  ["1:2:3:4:5:6:7", "1:2:3:4:5:6:7"],
  ["1:2:3:4::5:6:7:8:9", "1:2:3:4::5:6:7:8:9"],
  ["xyz::1", "xyz::1"],
])("%j is counted as %j", (address, key) => {
  expect(clientKey(address, 64)).toBe(key);
});

test.each([
  [128, "2001:db8:ffff:ffff:ffff:ffff:ffff:fff1/128"],
  [56, "2001:db8:ffff:ff00::/56"],
  [48, "2001:db8:ffff::/48"],
  [33, "2001:db8:8000::/33"],
  [1, "0::/1"],
])("with a prefix of %i it is %j", (prefix, key) => {
  expect(clientKey("2001:db8:ffff:ffff:ffff:ffff:ffff:fff1", prefix)).toBe(key);
});
