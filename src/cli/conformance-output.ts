import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { CaseFacts } from "../../protocol/conformance/case.ts";
import { printableText } from "../../protocol/conformance/printable-bytes.ts";
import { type CaseResult, exitCodeOf, type SuiteReport } from "../../protocol/conformance/report.ts";
import { jsonReport } from "../../protocol/conformance/report-json.ts";
import { junitReport } from "../../protocol/conformance/report-junit.ts";
import { markdownReport } from "../../protocol/conformance/report-markdown.ts";
import { tapReport } from "../../protocol/conformance/report-tap.ts";
import { explainCase, listCases, terminalReport } from "../../protocol/conformance/report-terminal.ts";
import { selectCases } from "../../protocol/conformance/select-cases.ts";
import type { ConformanceFlags } from "./conformance-flags.ts";
import { EXIT } from "./exit-codes.ts";
import { ExitError } from "./failure.ts";
import { type CliIo, say } from "./io.ts";

/** Nothing was learnt: the subject could not be asked. */
const COULD_NOT_RUN = 2;

/**
 * The cases the user wants to run; or undefined when the flags only asked to read about cases, which is done then.
 *
 * @throws {@link ExitError} when no case is of that name.
 */
export function chosenCases<Case extends CaseFacts>(
  cases: readonly Case[],
  flags: ConformanceFlags,
  io: CliIo,
): readonly Case[] | undefined {
  if (flags.explain !== undefined) {
    const found = cases.find(({ id }) => id === flags.explain);
    if (!found) throw couldNotRun(io, `there is no case ${JSON.stringify(flags.explain)}; --list names them`);
    say(io, explainCase(found));
    return undefined;
  }
  const chosen = selectCases(cases, flags.only ?? []);
  if (chosen.length === 0) throw couldNotRun(io, "no case fits --only; --list names them");
  if (flags.list !== true) return chosen;
  say(io, listCases(chosen));
  return undefined;
}

/** Say why nothing was run. @returns what to throw */
export function couldNotRun(io: CliIo, why: string): ExitError {
  io.stderr.write(`uwsgi-bridge: ${printableText(why)}\n`);
  return new ExitError(COULD_NOT_RUN);
}

/** A line that tells how far the run is, for a person who watches. */
export class Progress {
  readonly #io: CliIo;
  #failed = 0;

  constructor(io: CliIo) {
    this.#io = io;
  }

  readonly onResult = ({ facts, verdict }: CaseResult, done: number, total: number): void => {
    if (verdict.outcome !== "passed" && facts.level === "MUST") this.#failed += 1;
    if (!this.#io.isTerminal) return;
    const isLast = done === total;
    const failed = this.#failed === 0 ? "" : `, ${this.#failed} not passed`;
    this.#io.stderr.write(`\r\x1b[K${isLast ? "" : `${done} of ${total}${failed}  ${facts.id}`}`);
  };
}

/**
 * Write what the flags ask for, and print the report.
 *
 * @throws {@link ExitError} unless everything passed.
 */
export async function writeReports(report: SuiteReport, flags: ConformanceFlags, io: CliIo): Promise<void> {
  const files = [
    [flags.json, jsonReport],
    [flags.junit, junitReport],
    [flags.markdown, markdownReport],
  ] as const;
  for (const [file, write] of files) {
    if (file !== undefined) await writeFile(resolve(io.cwd, file), write(report));
  }
  io.stdout.write(flags.tap === true ? tapReport(report) : `${terminalReport(report)}\n`);
  const code = exitCodeOf(report.results, flags.strict === true);
  if (code !== EXIT.ok) throw new ExitError(code);
}
