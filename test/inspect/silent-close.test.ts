import { describe, expect, test } from "vitest";
import { silentCloseReasons } from "../../src/inspect/silent-close.ts";

const GET = { modifier1: 0, modifier2: 0, vars: [["REQUEST_METHOD", "GET"]] } as const;

describe("the first reason is", () => {
  test.each([
    { name: "4097 bytes", bytes: 4097, advice: "--buffer-size 8192" },
    { name: "8192 bytes, which need 8196 with their header", bytes: 8192, advice: "--buffer-size 16384" },
    { name: "65535 bytes", bytes: 65_535, advice: "--buffer-size 65535" },
  ])("the size, for $name of vars", ({ bytes, advice }) => {
    const [first] = silentCloseReasons({ ...GET, vars: [["A", "x".repeat(bytes - 5)]] });
    expect(first).toContain(`${bytes} bytes of vars are more than the 4096`);
    expect(first).toContain(advice);
  });

  test("the number, for 129 vars", () => {
    const vars = Array.from({ length: 129 }, (_, index) => [`V${index}`, ""] as const);
    expect(silentCloseReasons({ ...GET, vars })[0]).toContain("129 vars are more than the 128");
  });

  test("the modifier, when it needs a plugin", () => {
    expect(silentCloseReasons({ ...GET, modifier1: 6 })[0]).toContain("modifier1 6 is a request for Lua");
  });

  test("the application, for a packet within all limits, and the limits are told with the size of the packet", () => {
    const reasons = silentCloseReasons(GET);
    expect(reasons[0]).toContain("the application failed");
    expect(reasons[1]).toContain("1 var in 21 bytes");
  });
});

test.each([
  { bytes: 4096, count: 1 },
  { bytes: 128, count: 128 },
])("at a limit it is not to blame: $bytes bytes, $count vars", ({ bytes, count }) => {
  const vars =
    count === 1
      ? [["A", "x".repeat(bytes - 5)] as const]
      : Array.from({ length: count }, (_, index) => [`V${index}`, ""] as const);
  expect(silentCloseReasons({ ...GET, vars })[0]).toContain("the application failed");
});

test("a ping has one reason only", () => {
  expect(silentCloseReasons({ modifier1: 100, modifier2: 0, vars: [] })).toEqual([
    expect.stringContaining("--plugin ping"),
  ]);
});
