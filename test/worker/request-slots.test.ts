import { expect, test } from "vitest";
import { RequestSlots } from "../../src/worker/request-slots.ts";

const user = (): { run(): void } => ({ run: () => undefined });

test("as many as may run do run, as many as may wait do wait, the next is refused", () => {
  const slots = new RequestSlots(2, 1);
  expect([1, 2, 3, 4].map(() => slots.request(user()))).toEqual(["run", "run", "wait", "refuse"]);
  expect([slots.running, slots.waiting]).toEqual([2, 1]);
});

test("nobody is handed out while all slots are taken", () => {
  const slots = new RequestSlots(1, 1);
  slots.request(user());
  slots.request(user());
  expect(slots.next()).toBeUndefined();
});

test("a free slot goes to the one who waited longest, and counts as taken at once", () => {
  const slots = new RequestSlots(1, 2);
  const [first, second, third] = [user(), user(), user()];
  slots.request(first);
  slots.request(second);
  slots.request(third);
  slots.release();
  expect(slots.next()).toBe(second);
  expect(slots.next()).toBeUndefined();
  slots.release();
  expect(slots.next()).toBe(third);
});

test("a newcomer does not overtake those who wait, even when a slot is free", () => {
  const slots = new RequestSlots(1, 2);
  slots.request(user());
  slots.request(user());
  slots.release();
  expect(slots.request(user())).toBe("wait");
});

test("whoever leaves is not handed out", () => {
  const slots = new RequestSlots(1, 2);
  const [first, second] = [user(), user()];
  slots.request(user());
  slots.request(first);
  slots.request(second);
  slots.leave(first);
  slots.release();
  expect(slots.next()).toBe(second);
});

test("places that were left do not pile up, and the order of the others stays", () => {
  const slots = new RequestSlots(1, 1000);
  slots.request(user());
  const [first, last] = [user(), user()];
  slots.request(first);
  for (let count = 0; count < 10_000; count += 1) {
    const passing = user();
    expect(slots.request(passing)).toBe("wait");
    slots.leave(passing);
  }
  slots.request(last);
  expect(slots.waiting).toBe(2);
  slots.release();
  expect(slots.next()).toBe(first);
  slots.release();
  expect(slots.next()).toBe(last);
});
