import { expect, test } from "vitest";
import { WaitingLine } from "../../src/net/waiting-line.ts";

const people = Array.from({ length: 300 }, (_, number) => ({ number }));
const [first, second, third] = people as [object, object, object];

test("first come, first served", () => {
  const line = new WaitingLine<object>();
  for (const one of [first, second]) line.push(one);
  line.unshift(third);
  expect([line.size, line.shift(), line.shift(), line.shift(), line.shift()]).toEqual([
    3,
    third,
    first,
    second,
    undefined,
  ]);
});

test("who left is passed over, and who never came does not matter", () => {
  const line = new WaitingLine<object>();
  for (const one of people) line.push(one);
  for (const one of people.slice(0, 299)) line.remove(one);
  line.remove({});
  expect(line.size).toBe(1);
  expect(line.shift()).toBe(people[299]);
  expect(line.shift()).toBeUndefined();
  expect(line.size).toBe(0);
});
