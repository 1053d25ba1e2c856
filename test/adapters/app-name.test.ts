import { expect, test } from "vitest";
import { parseAppName } from "../../src/adapters/app-name.ts";

test.each([
  ["app.ts", { file: "app.ts", callable: undefined, isFactory: false }],
  ["app.ts:admin", { file: "app.ts", callable: "admin", isFactory: false }],
  ["app.ts:create()", { file: "app.ts", callable: "create", isFactory: true }],
  ["/srv/a:b/app.js", { file: "/srv/a:b/app.js", callable: undefined, isFactory: false }],
  ["/srv/a:b/app.js:$x_1", { file: "/srv/a:b/app.js", callable: "$x_1", isFactory: false }],
  ["/srv/a:b/app.js:$x_1()", { file: "/srv/a:b/app.js", callable: "$x_1", isFactory: true }],
  ["app.ts:create(1)", { file: "app.ts:create(1)", callable: undefined, isFactory: false }],
  ["app.ts()", { file: "app.ts()", callable: undefined, isFactory: false }],
])("%s names %o", (name, parsed) => {
  expect(parseAppName(name)).toEqual(parsed);
});
