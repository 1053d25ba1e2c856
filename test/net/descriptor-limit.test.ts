import { describe, expect, test } from "vitest";
import { connectionShare, descriptorLimitIn, serverShare } from "../../src/net/descriptor-limit.ts";

test.each([
  ["Max open files            256                  4096                 files", 256],
  ["Max processes 7 7 processes\nMax open files            1048576 1048576 files\nMax locked 1 2", 1_048_576],
  ["Max open files            unlimited            unlimited            files", undefined],
  ["Max processes             256                  256                  processes", undefined],
])("the limit in %j is %s", (table, limit) => {
  expect(descriptorLimitIn(table)).toBe(limit);
});

describe("connections that may be open", () => {
  test.each([
    { limit: 256, wanted: 0, share: 140 },
    { limit: 1024, wanted: 0, share: 755 },
    { limit: 1_048_576, wanted: 0, share: 838_796 },
    { limit: 64, wanted: 0, share: 16 },
    { limit: 256, wanted: 1000, share: 1000 },
    { limit: undefined, wanted: 0, share: Number.POSITIVE_INFINITY },
    { limit: undefined, wanted: 5, share: 5 },
  ])("$limit descriptors, $wanted wanted: $share", ({ limit, wanted, share }) => {
    expect(connectionShare(limit, wanted)).toBe(share);
  });
});

describe("connections to each server", () => {
  test.each([
    { limit: 256, clients: 140, servers: 1, share: 52 },
    { limit: 256, clients: 140, servers: 2, share: 26 },
    { limit: 256, clients: 140, servers: 0, share: 52 },
    { limit: 256, clients: 140, servers: 100, share: 1 },
    { limit: 256, clients: 1000, servers: 1, share: 51 },
    { limit: 1024, clients: 100, servers: 1, share: 512 },
    { limit: undefined, clients: Number.POSITIVE_INFINITY, servers: 1, share: 512 },
  ])(
    "$limit descriptors, $clients clients, $servers servers: $share",
    ({ limit, clients, servers, share }) => {
      expect(serverShare(limit, { clients, servers, wanted: 512 })).toBe(share);
    },
  );
});
