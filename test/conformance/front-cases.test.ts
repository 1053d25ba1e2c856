import { expect, test } from "vitest";
import { frontSuite } from "../../protocol/conformance/front/front-suite.ts";

test("the suite has at least 200 cases, each with an id of its own", () => {
  const ids = frontSuite.map(({ id }) => id);
  expect(ids.length).toBeGreaterThanOrEqual(200);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(frontSuite.map((one) => ({ one, id: one.id })))("$id says what it is", ({ one }) => {
  expect(one.id).toMatch(new RegExp(`^${one.group}/[a-z0-9.]+(-[a-z0-9.]+)*$`));
  expect(one.rule).toMatch(/^[A-Z0-9%].*[^.]$/);
  expect(one.source).toMatch(/^(RFC \d{4} section|protocol\/README\.md section)/);
  expect(one.explain).toMatch(/^The client sends: .*\nAllowed: .*\nWhy: .+\.(\n\(.*\))?$/s);
});
