import { describe, expect, test } from "vitest";
import { couldNotRun, failed, type Level, passed, type Verdict } from "../../protocol/conformance/case.ts";
import { printableBytes } from "../../protocol/conformance/printable-bytes.ts";
import type { CaseResult, SuiteReport } from "../../protocol/conformance/report.ts";
import { jsonReport } from "../../protocol/conformance/report-json.ts";
import { junitReport } from "../../protocol/conformance/report-junit.ts";
import { markdownReport } from "../../protocol/conformance/report-markdown.ts";
import { tapReport } from "../../protocol/conformance/report-tap.ts";
import { terminalReport } from "../../protocol/conformance/report-terminal.ts";

const report: SuiteReport = {
  suite: "worker",
  subject: "127.0.0.1:3031",
  version: "1.2.3",
  split: "random",
  seed: 7,
  durationMs: 1234,
  results: [
    result("packet/a", "MUST", passed("200")),
    result(
      "packet/b",
      "MUST",
      failed("a close", "200 | <b>", Buffer.from('HTTP/1.1 200 OK\r\n\r\n"\x01\xff', "latin1")),
    ),
    result("vars/c", "SHOULD", failed("400", "nothing")),
    result("vars/d", "MAY", failed("x", "y")),
    result("vars/e", "MUST", couldNotRun("no connection & no luck")),
  ],
};

function result(id: string, level: Level, verdict: Verdict): CaseResult {
  const [group = ""] = id.split("/");
  return {
    facts: { id, group, level, rule: `rule of ${id}`, source: "section 2", explain: "" },
    verdict,
    durationMs: 10,
  };
}

test("terminal", () => {
  expect(
    terminalReport(report),
  ).toBe(`uwsgi-bridge conformance worker 1.2.3: 127.0.0.1:3031, split random, seed 7

  packet  1 of 2 passed
  vars    0 of 3 passed

FAIL packet/b  MUST  rule of packet/b
     expected  a close
     seen      200 | <b>
     answer    "HTTP/1.1 200 OK\\r\\n\\r\\n\\"\\x01\\xff"
     source    section 2

warn vars/c  SHOULD  rule of vars/c
     expected  400
     seen      nothing
     answer    no bytes
     source    section 2

note vars/d  MAY  rule of vars/d
     expected  x
     seen      y
     answer    no bytes
     source    section 2

???? vars/e  MUST  rule of vars/e
     no connection & no luck

5 cases, 1 passed, 1 failed, 1 against a SHOULD, 1 against a MAY, 1 could not run in 1.2 s`);
});

test("what a peer said can not move the cursor", () => {
  const results = [result("packet/a", "MUST", failed("x", "HTTP/1.1 200 \x1b[2J\x9b2J\x7f\r\nFAIL"))];
  expect(terminalReport({ ...report, results })).toContain(
    "seen      HTTP/1.1 200 \\x1b[2J\\x9b2J\\x7f\\r\\nFAIL\n",
  );
  expect(markdownReport({ ...report, results })).toContain("\\\\x1b[2J\\\\x9b2J");
});

test("JSON: bytes as hex, and no times", () => {
  const { cases, counts } = JSON.parse(jsonReport(report));
  expect(counts).toEqual({ passed: 1, failed: 1, advised: 1, declined: 1, couldNotRun: 1 });
  expect(cases[1]).toEqual({
    id: "packet/b",
    group: "packet",
    level: "MUST",
    rule: "rule of packet/b",
    source: "section 2",
    outcome: "failed",
    expected: "a close",
    seen: "200 | <b>",
    bytes: "485454502f312e3120323030204f4b0d0a0d0a2201ff",
  });
  expect(jsonReport(report)).not.toMatch(/duration|Ms/);
});

test("JUnit: well-formed, broken SHOULDs skipped", () => {
  const xml = junitReport(report);
  expect(xml).toContain('<testsuite name="packet" tests="2" failures="1" errors="0" skipped="0">');
  expect(xml).toContain('<testsuite name="vars" tests="3" failures="0" errors="1" skipped="2">');
  expect(xml).toContain("200 | &lt;b>");
  expect(xml).toContain('<error message="no connection &amp; no luck"/>');
  expect(xml.match(/<testcase /g)).toHaveLength(5);
});

test("TAP: a plan, TODO for advice", () => {
  const tap = tapReport(report);
  expect(tap).toMatch(/^TAP version 13\n1\.\.5\nok 1 - packet\/a\nnot ok 2 - packet\/b\n {2}---\n/);
  expect(tap).toContain("not ok 3 - vars/c # TODO SHOULD\n");
  expect(tap).toContain('  reason: "no connection & no luck"\n');
});

test("Markdown: a table per group, with cells that stay cells", () => {
  const page = markdownReport(report);
  expect(page).toContain("| 5 | 1 | 1 | 1 | 1 | 1 |");
  expect(page).toContain("| `packet/b` | MUST | rule of packet/b | **failed** | 200 \\| &lt;b>: ");
  expect(page).toContain("\n## vars\n");
});

describe("bytes for people", () => {
  test.each([
    [Buffer.alloc(0), "no bytes"],
    [Buffer.from("\x008\t\\"), '"\\x008\\t\\\\"'],
    [Buffer.from("abcdef"), '"abcd" and 2 bytes more'],
  ])("%j", (bytes, text) => {
    expect(printableBytes(bytes, 4 + (bytes.length < 5 ? 10 : 0))).toBe(text);
  });
});
