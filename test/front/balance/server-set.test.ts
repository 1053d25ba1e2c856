import { expect, test } from "vitest";
import { diffServers } from "../../../src/front/balance/server-set.ts";

test.each([
  ["nothing changes", "ab", "ab", "ab", "", ""],
  ["the order changes", "ab", "ba", "ba", "", ""],
  ["the first ones", "", "ab", "ab", "ab", ""],
  ["one comes", "ab", "abc", "abc", "c", ""],
  ["one goes", "abc", "ac", "ac", "", "b"],
  ["an address is replaced", "a", "b", "b", "b", "a"],
  ["all are replaced but one", "abc", "bde", "bde", "de", "ac"],
  ["one is named twice", "", "aba", "ab", "ab", ""],
  ["all go", "ab", "", "", "", "ab"],
])("%s: %s, then %s", (_what, before, wanted, servers, added, removed) => {
  const present = new Map([...before].map((key) => [key, { key, isOld: true }]));
  const diff = diffServers(present, [...wanted], (key) => ({ key, isOld: false }));
  const keys = (list: readonly { readonly key: string }[]): string => list.map(({ key }) => key).join("");
  expect([diff.servers, diff.added, diff.removed].map(keys)).toEqual([servers, added, removed]);
  for (const server of diff.servers) expect(server.isOld).toBe(before.includes(server.key));
});
