import fc from "fast-check";
import { expect, test } from "vitest";
import { commonTime, LogTime } from "../../../src/front/access-log/log-time.ts";

const AT = Date.UTC(2026, 0, 31, 23, 59, 59, 7);

test.each([
  [0, "31/Jan/2026:23:59:59 +0000"],
  [60, "01/Feb/2026:00:59:59 +0100"],
  [-210, "31/Jan/2026:20:29:59 -0330"],
  [345, "01/Feb/2026:05:44:59 +0545"],
])("%i minutes east of Greenwich it is %s", (offset, text) => {
  expect(commonTime(AT, offset)).toBe(text);
});

test("remembered seconds are those of their time", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_000_000_000_000 }), { maxLength: 20 }), (times) => {
      const time = new LogTime();
      for (const at of times.flatMap((ms) => [ms, ms + 1, ms + 999])) {
        expect(time.iso(at)).toBe(new Date(at).toISOString());
        expect(time.common(at)).toBe(commonTime(at));
      }
    }),
    { numRuns: 30 },
  );
});
