import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AppTimeout } from "../../../src/adapters/node/app-timeout.ts";

const LIMIT_MS = 100;

describe("an application's timeout", () => {
  let fired = 0;
  let traffic: { bytesRead: number; bytesWritten: number };
  let timeout: AppTimeout;

  beforeEach(() => {
    vi.useFakeTimers();
    fired = 0;
    traffic = { bytesRead: 0, bytesWritten: 0 };
    timeout = new AppTimeout(traffic, () => {
      fired += 1;
    });
  });
  afterEach(() => vi.useRealTimers());

  test("fires once for a silence", () => {
    timeout.set(LIMIT_MS);
    vi.advanceTimersByTime(LIMIT_MS - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(10 * LIMIT_MS);
    expect(fired).toBe(1);
  });

  test.each(["bytesRead", "bytesWritten"] as const)("does not fire while %s grows", (name) => {
    timeout.set(LIMIT_MS);
    for (let count = 0; count < 10; count += 1) {
      vi.advanceTimersByTime(LIMIT_MS - 1);
      traffic[name] += 1;
    }
    expect(fired).toBe(0);
  });

  test("fires again for a silence after something has passed", () => {
    timeout.set(LIMIT_MS);
    vi.advanceTimersByTime(2 * LIMIT_MS);
    traffic.bytesRead += 1;
    vi.advanceTimersByTime(3 * LIMIT_MS);
    expect(fired).toBe(2);
  });

  test("0 turns it off, and so does clear", () => {
    timeout.set(LIMIT_MS);
    timeout.set(0);
    vi.advanceTimersByTime(10 * LIMIT_MS);
    timeout.set(LIMIT_MS);
    timeout.clear();
    vi.advanceTimersByTime(10 * LIMIT_MS);
    expect(fired).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("set again, also from its own callback, it starts anew", () => {
    const again = new AppTimeout(traffic, () => {
      fired += 1;
      again.set(LIMIT_MS);
    });
    again.set(LIMIT_MS);
    vi.advanceTimersByTime(3 * LIMIT_MS);
    expect(fired).toBe(3);
    again.clear();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("turned off from its own callback, it leaves no timer", () => {
    const once = new AppTimeout(traffic, () => once.set(0));
    once.set(LIMIT_MS);
    vi.advanceTimersByTime(2 * LIMIT_MS);
    expect(vi.getTimerCount()).toBe(0);
  });
});
