import { describe, expect, test } from "vitest";
import { defineApplication, isDefinedApplication } from "../../src/gateway/define-application.ts";
import { withDirectHandler } from "../../src/gateway/direct.ts";
import type { Application } from "../../src/gateway/types.ts";

test("returns the same function, which is one from then on", () => {
  const app: Application = () => [];
  expect(isDefinedApplication(app)).toBe(false);
  expect(defineApplication(app)).toBe(app);
  expect(isDefinedApplication(app)).toBe(true);
  expect(Object.keys(app)).toEqual([]);
});

test("may be said twice, and of a frozen function that is one already", () => {
  const app = Object.freeze(defineApplication(() => []));
  expect(defineApplication(app)).toBe(app);
});

test("is understood by another copy of this package", () => {
  const app = (): never[] => [];
  Object.defineProperty(app, Symbol.for("uwsgi_bridge.application"), { value: true });
  expect(isDefinedApplication(app)).toBe(true);
});

test("an application that runs on the socket is one", () => {
  expect(
    isDefinedApplication(
      withDirectHandler(
        () => [],
        () => ({}) as never,
      ),
    ),
  ).toBe(true);
});

describe("is none:", () => {
  const answersEverything = new Proxy({}, { get: () => () => true, has: () => true });
  test.each([
    ["an object with the mark", { [Symbol.for("uwsgi_bridge.application")]: true }],
    ["an object that has every property", answersEverything],
    [
      "a function that inherits from one",
      Object.setPrototypeOf(
        () => [],
        defineApplication(() => []),
      ),
    ],
    ["null", null],
  ])("%s", (_what, value) => expect(isDefinedApplication(value)).toBe(false));
});

test.each([
  [undefined, "undefined"],
  [{}, "an object (Object)"],
])("refuses %o", (value, text) => {
  expect(() => defineApplication(value as never)).toThrow(`a gateway application is a function, got ${text}`);
});
