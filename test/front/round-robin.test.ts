import { expect, test } from "vitest";
import { RoundRobin } from "../../src/front/round-robin.ts";

test("each turn begins one further, and lists all others behind", () => {
  const turns = new RoundRobin(["a", "b", "c"]);
  expect([1, 2, 3, 4].map(() => turns.turn().join(""))).toEqual(["abc", "bca", "cab", "abc"]);
});

test("a single item has every turn", () => {
  const turns = new RoundRobin(["a"]);
  expect([turns.turn(), turns.turn()]).toEqual([["a"], ["a"]]);
});
