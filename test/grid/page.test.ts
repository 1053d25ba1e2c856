import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { frontSuite } from "../../protocol/conformance/front/front-suite.ts";
import { selectCases } from "../../protocol/conformance/select-cases.ts";
import { workerSuite } from "../../protocol/conformance/worker/worker-suite.ts";
import { differences, unexplained } from "./difference.ts";
import { frontSubjects } from "./front-subjects.ts";
import type { Grid } from "./grid.ts";
import { gridPage } from "./page.ts";
import { gunicornSubject, workerSubjects } from "./worker-subjects.ts";

const published = JSON.parse(readFileSync("docs/conformance.json", "utf8")) as Grid;
const subjects = [...workerSubjects, gunicornSubject("."), ...frontSubjects];

describe("docs/conformance.md", () => {
  test("is what conformance.json and the known differences make of it", () => {
    expect(readFileSync("docs/conformance.md", "utf8")).toBe(gridPage(published, differences));
  });

  test("has ours over both transports, and every peer of Debian's", () => {
    const columns = published.suites.flatMap((suite) => suite.subjects.map(({ id }) => id));
    const due = subjects.map(({ id }) => id).filter((id) => id !== "gunicorn");
    expect(columns).toEqual(expect.arrayContaining(due));
  });

  test("explains every broken MUST", () => {
    const without = published.suites.flatMap(({ subjects: columns, cases }) =>
      columns.flatMap(({ id }) => unexplained(id, cases)),
    );
    expect(without).toEqual([]);
  });
});

test("README.md tells the numbers of the grid", () => {
  const readme = readFileSync("README.md", "utf8").replaceAll(/\s+/g, " ");
  const columns = published.suites.flatMap((suite) => suite.subjects);
  const totalsOf = (id: string): Record<string, number> => ({
    ...columns.find((column) => column.id === id)?.totals,
  });
  const numberOf = (id: string): number | undefined => totalsOf(id)["failed"];
  const casesOf = (id: string): number => Object.values(totalsOf(id)).reduce((all, count) => all + count, 0);
  expect(readme).toContain(
    `uWSGI ${numberOf("uwsgi")} (${numberOf("uwsgi-hardened")} with hardened options), gunicorn ${numberOf("gunicorn")}, ` +
      `ours ${numberOf("ours-tcp")}; of ${casesOf("our-front-tcp")} for fronts: nginx ${numberOf("nginx")}, ` +
      `Apache ${numberOf("apache")}, lighttpd ${numberOf("lighttpd")}, ` +
      `the uWSGI http router ${numberOf("http-router")}, ours ${numberOf("our-front-tcp")}.`,
  );
  expect(readme).toContain(`Broken MUSTs, of ${casesOf("ours-tcp")} for workers`);
});

describe("the known differences", () => {
  test("are about subjects of the grid, each with an id of its own", () => {
    const ids = subjects.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(differences.flatMap((one) => one.subjects)));
  });

  test.each(
    differences.flatMap(({ subjects: [subject = ""], cases }) => cases.map((glob) => ({ subject, glob }))),
  )("$glob of $subject names cases", ({ subject, glob }) => {
    const suite = subjects.find(({ id }) => id === subject)?.suite === "front" ? frontSuite : workerSuite;
    expect(selectCases<{ readonly id: string }>(suite, [glob])).not.toEqual([]);
  });
});
