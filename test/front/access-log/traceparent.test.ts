import { describe, expect, test } from "vitest";
import { createTraceparent, traceIdOf } from "../../../src/front/access-log/traceparent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

describe("a traceparent", () => {
  test.each([
    [`00-${TRACE}-${PARENT}-01`, "sampled"],
    [`00-${TRACE}-${PARENT}-00`, "not sampled"],
    [`00-${TRACE}-${PARENT}-ff`, "with flags of later versions"],
    [`01-${TRACE}-${PARENT}-01`, "of a later version"],
    [`cc-${TRACE}-${PARENT}-01-what-the-future-brings`, "of a later version with more behind it"],
  ])("%s is valid: %s", (value) => {
    expect(traceIdOf(value)).toBe(TRACE);
  });

  test.each([
    ["", "empty"],
    [`ff-${TRACE}-${PARENT}-01`, "the forbidden version"],
    [`00-${TRACE}-${PARENT}-01-more`, "more behind version 00"],
    [`00-${TRACE}-${PARENT}-01-`, "a dash behind version 00"],
    [`cc-${TRACE}-${PARENT}-01more`, "no dash before more"],
    [`00-${TRACE.toUpperCase()}-${PARENT}-01`, "capitals"],
    [`00-${"0".repeat(32)}-${PARENT}-01`, "no trace id"],
    [`00-${TRACE}-${"0".repeat(16)}-01`, "no parent id"],
    [`00-${TRACE.slice(1)}-${PARENT}-01`, "a short trace id"],
    [`00-${TRACE}-${PARENT}0-01`, "a long parent id"],
    [`00-${TRACE}-${PARENT}-0`, "short flags"],
    [`00-${TRACE}-${PARENT}`, "no flags"],
    [`0-${TRACE}-${PARENT}-01`, "a short version"],
    [` 00-${TRACE}-${PARENT}-01`, "a space"],
    [`00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`, "two of them"],
    [`00-${TRACE.replace("4", "g")}-${PARENT}-01`, "no hexadecimal digit"],
  ])("%j is not valid: %s", (value) => {
    expect(traceIdOf(value)).toBe("");
  });

  test("of our own is valid, not sampled, and new each time", () => {
    const made = Array.from({ length: 50 }, createTraceparent);
    expect(new Set(made.map(traceIdOf)).size).toBe(50);
    expect(made.every((value) => traceIdOf(value) !== "" && value.endsWith("-00"))).toBe(true);
  });
});
