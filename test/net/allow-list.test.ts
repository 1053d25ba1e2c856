import { expect, test } from "vitest";
import { AllowList } from "../../src/net/allow-list.ts";

test.each([
  [["10.0.0.0/8"], "10.1.2.3", true],
  [["10.0.0.0/8"], "11.0.0.0", false],
  [["10.0.0.1"], "10.0.0.1", true],
  [["10.0.0.1"], "10.0.0.2", false],
  [["10.0.0.0/31"], "10.0.0.1", true],
  [["10.0.0.0/31"], "10.0.0.2", false],
  [["0.0.0.0/0"], "203.0.113.9", true],
  [["::1"], "::1", true],
  [["fd00::/8"], "fd12::1", true],
  [["fd00::/8"], "fe80::1", false],
  [["10.0.0.0/8"], "::ffff:10.1.2.3", true],
  [["10.0.0.0/8", "::1"], "::1", true],
  [[], "127.0.0.1", false],
  [["10.0.0.0/8"], "not an address", false],
])("%j allows %s: %s", (entries, address, expected) => {
  expect(new AllowList(entries, "allowFrom").allows(address)).toBe(expected);
});

test.each([
  "",
  "10.0.0",
  "10.0.0.0/33",
  "10.0.0.0/-1",
  "10.0.0.0/",
  "10.0.0.0/8/8",
  "::1/129",
  "example.test",
  "10.0.0.0/8.5",
])("the entry %j is refused with the name of the option", (entry) => {
  expect(() => new AllowList([entry], "allowFrom")).toThrow(
    expect.objectContaining({ name: "ConfigError", option: "allowFrom" }),
  );
});
