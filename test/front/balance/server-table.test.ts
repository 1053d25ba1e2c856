import { describe, expect, test } from "vitest";
import { createBalancer } from "../../../src/front/balance/create-balancer.ts";
import { ServerTable } from "../../../src/front/balance/server-table.ts";
import { requestFor, server, type TableServer } from "./servers.ts";

const any = requestFor("/");
const down = { isUsable: false };
const full = { hasRoom: false };
const backup = { isBackup: true };
const draining = { isDraining: true };

function tableOf(servers: readonly TableServer[]): ServerTable<TableServer> {
  const table = new ServerTable<TableServer>(createBalancer("round-robin", Math.random));
  table.servers = servers;
  return table;
}

/** Who is chosen in several turns. */
function chosen(servers: readonly TableServer[], tried: readonly TableServer[] = []): string {
  const table = tableOf(servers);
  const ids = [1, 2, 3, 4].map(() => table.pick(any, tried, 0)?.id ?? "-");
  return [...new Set(ids)].sort().join("");
}

test.each<[string, Partial<TableServer>, Partial<TableServer>, Partial<TableServer>, string]>([
  ["all are well", {}, {}, {}, "abc"],
  ["one is down", down, {}, {}, "bc"],
  ["one is full", {}, full, {}, "ac"],
  ["one is draining", {}, {}, draining, "ab"],
  ["a backup waits", {}, {}, backup, "ab"],
  ["a backup waits while one is left", down, {}, backup, "b"],
  ["a backup works when all are down", down, down, backup, "c"],
  ["a backup works when all are full", full, full, backup, "c"],
  ["a backup works when all are full or down", full, down, backup, "c"],
  ["all are full: requests wait, but not before those that are down", full, full, down, "ab"],
  ["the backup is full as well: requests wait before the others", full, down, { ...backup, ...full }, "a"],
  ["only a full backup is up", down, down, { ...backup, ...full }, "c"],
  ["all are down: all are tried", down, down, down, "abc"],
  ["all are down: the backup is tried last", down, down, { ...backup, ...down }, "ab"],
  ["all are down but the one that is draining", down, down, draining, "ab"],
  ["all are draining", draining, draining, draining, "abc"],
  ["all are draining, one is down", draining, draining, { ...draining, ...down }, "ab"],
])("%s", (_what, a, b, c, ids) => {
  expect(chosen([server("a", a), server("b", b), server("c", c)])).toBe(ids);
});

describe("a request that was sent before", () => {
  const [a, b, c] = [server("a"), server("b", down), server("c", backup)];

  test.each([
    ["goes to the backup before one that is down", [a], "c"],
    ["goes to one that is down when no other is left", [a, c], "b"],
    ["goes nowhere when all were tried", [a, b, c], "-"],
  ])("%s", (_what, tried, ids) => {
    expect(chosen([a, b, c], tried)).toBe(ids);
  });
});

describe("a client that was told its server", () => {
  test.each<[string, Partial<TableServer>, string | undefined]>([
    ["comes back", {}, "b"],
    ["comes back also when it is full", full, "b"],
    ["comes back also when it is draining", draining, "b"],
    ["comes back to a backup", backup, "b"],
    ["goes elsewhere when it is down", down, undefined],
  ])("%s", (_what, traits, id) => {
    expect(tableOf([server("a"), server("b", traits)]).pinned("b", [], 0)?.id).toBe(id);
  });

  test("goes elsewhere when that was tried, or is gone", () => {
    const b = server("b");
    expect(tableOf([server("a"), b]).pinned("b", [b], 0)).toBeUndefined();
    expect(tableOf([server("a")]).pinned("b", [], 0)).toBeUndefined();
  });
});

test("without servers nobody is chosen", () => {
  expect(tableOf([]).pick(any, [], 0)).toBeUndefined();
});
