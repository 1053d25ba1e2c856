import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { workerSuite } from "../../protocol/conformance/worker/worker-suite.ts";

const specification = readFileSync("protocol/README.md", "utf8");
const sections = [...specification.matchAll(/^#{2,3} (\d+(?:\.\d+)?)\.? (.+)$/gm)].map(
  ([, number = "", title = ""]) => ({ source: `protocol/README.md section ${number}`, number, title }),
);
const sources = [...new Set(workerSuite.map(({ source }) => source))];

test("sources in the specification exist", () => {
  const own = sources.filter((source) => source.startsWith("protocol/"));
  expect(own.filter((source) => !sections.some((section) => section.source === source))).toEqual([]);
});

test("the page of rules and cases is in step with the suite", async () => {
  await expect(page()).toMatchFileSnapshot("../../protocol/conformance/worker-cases.md");
});

function page(): string {
  const own = sections.filter(({ source }) => sources.includes(source));
  const foreign = sources.filter((source) => !source.startsWith("protocol/")).sort();
  return [
    "# The cases of the worker suite",
    "",
    `${workerSuite.length} cases, by the place of their rule. Written by a test: change the cases, not this page.`,
    ...own.map(({ source, number, title }) => table(`[Section ${number}](../README.md): ${title}`, source)),
    ...foreign.map((source) => table(source, source)),
    "",
  ].join("\n");
}

function table(title: string, source: string): string {
  const rows = workerSuite
    .filter((one) => one.source === source)
    .map(({ id, level, rule }) => `| \`${id}\` | ${level} | ${rule.replaceAll("|", "\\|")} |`);
  return ["", `## ${title}`, "", "| case | level | rule |", "| --- | --- | --- |", ...rows].join("\n");
}
