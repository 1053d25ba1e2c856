import { expect, test } from "vitest";
import { FLEET_DEFAULTS, resolveFleetSettings } from "../../src/supervisor/rules/settings.ts";

test("what is left out has its default", () => {
  expect(resolveFleetSettings({})).toEqual(FLEET_DEFAULTS);
  expect(resolveFleetSettings({ processes: 3 })).toEqual({ ...FLEET_DEFAULTS, processes: 3 });
});

test.each([
  ["processes", 0],
  ["processes", 1025],
  ["processes", 1.5],
  ["bootTimeoutMs", 0],
  ["bootTimeoutMs", 2 ** 31],
  ["gracefulTimeoutMs", -1],
  ["maxRequests", -1],
  ["maxLifetimeMs", Number.NaN],
])("%s can not be %d", (option, value) => {
  expect(() => resolveFleetSettings({ [option]: value })).toThrow(`${option} must be a whole number`);
});
