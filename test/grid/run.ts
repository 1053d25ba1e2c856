// npm run grid: both conformance suites against everything that is installed here, side by side. See docs/conformance.md.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { VERSION } from "../../src/version.ts";
import { isInstalled } from "../interop/installations.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { compare, type Measurement } from "./comparison.ts";
import { differences, unexplained, variationOf } from "./difference.ts";
import { complaints } from "./finding.ts";
import { frontSubjects } from "./front-subjects.ts";
import type { Grid } from "./grid.ts";
import { measure, type Report } from "./measurement.ts";
import { gridPage } from "./page.ts";
import type { Subject } from "./subject.ts";
import { gunicornSubject, workerSubjects } from "./worker-subjects.ts";

const USAGE = `npm run grid -- [--check] [--gunicorn DIR] [--only IDS] [--rounds 3] [--jobs 4] [--out docs]

Runs both conformance suites against everything that is installed, and writes conformance.md and conformance.json.
  --check          write nothing; fail unless ours keep every MUST and SHOULD, and the known faults of others are found
  --gunicorn DIR   gunicorn too: a checkout, or an unpacked package, of its source
  --only IDS       these subjects, separated by commas; what others did is lost
  --rounds N       ask everybody so often, and mark what is not the same every time (default: 3, and 1 with --check)
  --jobs N         ask so many at the same time (default: 4)
  --out DIR        write there

Exit codes: 0 done, 1 a check failed, 2 somebody could not be asked.
`;

const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    gunicorn: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string" },
    jobs: { type: "string", default: "4" },
    out: { type: "string", default: "docs" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else await run();

async function run(): Promise<void> {
  const subjects = chooseSubjects();
  const rounds = Number(values.rounds ?? (values.check ? 1 : 3));
  const directory = await makeTempDir();
  try {
    const reports = await measureAll(subjects, rounds, directory);
    conclude(subjects, reports);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  } finally {
    await removeTempDir(directory);
  }
}

/** What is installed, and was asked for. A check wants everybody but gunicorn. */
function chooseSubjects(): readonly Subject[] {
  const { only, gunicorn, check } = values;
  if (gunicorn === undefined) say("gunicorn is left out: --gunicorn DIR names its source");
  const all = [
    ...workerSubjects,
    ...(gunicorn === undefined ? [] : [gunicornSubject(gunicorn)]),
    ...frontSubjects,
  ];
  const wanted = all.filter(({ id }) => only === undefined || only.split(",").includes(id));
  const missing = wanted.filter(({ needs }) => !needs.every(isInstalled));
  for (const { name, needs } of missing) {
    say(`${name} is left out: ${needs.join(" or ")} is not installed; run test/interop/setup`);
    if (check) process.exitCode = 2;
  }
  return wanted.filter((subject) => !missing.includes(subject));
}

/** The slow ones first, so that nobody waits for them at the end. */
async function measureAll(
  subjects: readonly Subject[],
  rounds: number,
  directory: string,
): Promise<ReadonlyMap<Subject, readonly Report[]>> {
  const reports = new Map<Subject, Report[]>(subjects.map((subject) => [subject, []]));
  const queue = Array.from({ length: rounds }, () => subjects)
    .flat()
    .entries();
  const lane = async (): Promise<void> => {
    for (const [index, subject] of queue) {
      const started = performance.now();
      reports.get(subject)?.push(await measure(subject, join(directory, String(index))));
      say(`${subject.suite} suite, ${subject.name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, lane));
  return reports;
}

function conclude(subjects: readonly Subject[], reports: ReadonlyMap<Subject, readonly Report[]>): void {
  const grid = gridOf(subjects, reports);
  const page = gridPage(grid, differences);
  for (const { suite, subjects: columns, cases } of grid.suites) {
    for (const { id, name, totals } of columns) {
      say(`${suite} suite, ${name}: ${JSON.stringify(totals)}`);
      const unknown = unexplained(id, cases);
      if (unknown.length > 0) say(`  broken MUSTs without an explanation: ${unknown.join(" ")}`);
    }
  }
  if (values.check) {
    const found = complaints(grid);
    for (const complaint of found) say(complaint);
    if (found.length > 0) process.exitCode = 1;
    return;
  }
  writeFileSync(join(values.out, "conformance.json"), `${JSON.stringify(grid, undefined, 2)}\n`);
  writeFileSync(join(values.out, "conformance.md"), page);
}

function gridOf(subjects: readonly Subject[], reports: ReadonlyMap<Subject, readonly Report[]>): Grid {
  const measurementOf = (subject: Subject): Measurement => {
    const { id, name, setup, isOurs } = subject;
    return {
      column: { id, name, setup, isOurs, version: subject.version() },
      rounds: reports.get(subject) ?? [],
      variationOf: (one) => variationOf(id, one),
    };
  };
  const suites = (["worker", "front"] as const).map((suite) =>
    compare(suite, subjects.filter((one) => one.suite === suite).map(measurementOf)),
  );
  return {
    version: VERSION,
    date: new Date().toISOString().slice(0, 10),
    suites: suites.filter((suite) => suite.subjects.length > 0),
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
