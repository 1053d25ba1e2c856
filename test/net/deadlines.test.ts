import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Deadlined, Deadlines } from "../../src/net/deadlines.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

class Item implements Deadlined {
  slot = -1;
  reached = 0;
  deadline: number;
  onReached: () => void = () => undefined;

  constructor(deadline: number) {
    this.deadline = deadline;
  }

  onDeadline(): void {
    this.reached += 1;
    this.deadline = Number.POSITIVE_INFINITY;
    this.onReached();
  }
}

test("an item is told once its deadline has passed, and at most a tick later", () => {
  const deadlines = new Deadlines<Item>(400);
  const item = new Item(deadlines.now + 400);
  deadlines.watch(item);
  vi.advanceTimersByTime(399);
  expect(item.reached).toBe(0);
  vi.advanceTimersByTime(101);
  expect(item.reached).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(item.reached).toBe(1);
  deadlines.stop();
});

test("a deadline that is moved counts as it stands", () => {
  const deadlines = new Deadlines<Item>(100);
  const item = new Item(deadlines.now + 100);
  deadlines.watch(item);
  vi.advanceTimersByTime(80);
  item.deadline = deadlines.now + 100;
  vi.advanceTimersByTime(80);
  expect(item.reached).toBe(0);
  vi.advanceTimersByTime(60);
  expect(item.reached).toBe(1);
  deadlines.stop();
});

test("an item that is forgotten is not told", () => {
  const deadlines = new Deadlines<Item>(100);
  const items = [1, 2, 3].map(() => new Item(deadlines.now + 100));
  for (const item of items) deadlines.watch(item);
  deadlines.forget(items[0] as Item);
  vi.advanceTimersByTime(500);
  expect(items.map(({ reached }) => reached)).toEqual([0, 1, 1]);
  deadlines.stop();
});

test("forgetting any item leaves the others in the list, each once", () => {
  for (const gone of [0, 1, 2, 3]) {
    const deadlines = new Deadlines<Item>(100);
    const items = [0, 1, 2, 3].map(() => new Item(0));
    for (const item of items) deadlines.watch(item);
    deadlines.forget(items[gone] as Item);
    const left = items.filter((_, index) => index !== gone);
    expect(deadlines.size).toBe(3);
    expect(new Set(deadlines.snapshot())).toEqual(new Set(left));
    expect(deadlines.snapshot().every((item, slot) => item.slot === slot)).toBe(true);
    expect(items[gone]?.slot).toBe(-1);
    deadlines.stop();
  }
});

test("items that are forgotten while a sweep runs neither stop it nor are told twice", () => {
  const deadlines = new Deadlines<Item>(100);
  const items = [0, 1, 2, 3].map(() => new Item(deadlines.now));
  for (const item of items) {
    item.onReached = () => deadlines.forget(item);
    deadlines.watch(item);
  }
  vi.advanceTimersByTime(26);
  expect(items.map(({ reached }) => reached)).toEqual([1, 1, 1, 1]);
  expect(deadlines.size).toBe(0);
  deadlines.stop();
});

test("after stop nobody is told anything", () => {
  const deadlines = new Deadlines<Item>(100);
  const item = new Item(deadlines.now);
  deadlines.watch(item);
  deadlines.stop();
  vi.advanceTimersByTime(1000);
  expect(item.reached).toBe(0);
});
