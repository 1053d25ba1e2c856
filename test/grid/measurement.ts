import { spawn } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Level } from "../../protocol/conformance/case.ts";
import { freePort } from "../support/ports.ts";
import type { Subject } from "./subject.ts";

/** What `conformance --json` writes, as far as the grid reads it. */
export interface Report {
  readonly leftOut: readonly string[];
  readonly cases: readonly ReportedCase[];
}

export interface ReportedCase {
  readonly id: string;
  readonly group: string;
  readonly level: Level;
  readonly rule: string;
  readonly source: string;
  readonly outcome: "passed" | "failed" | "could-not-run";
  /** What the subject did; absent when the case could not run. */
  readonly seen?: string;
  /** Why the case could not run. */
  readonly reason?: string;
}

const COMMAND = fileURLToPath(new URL("../../bin/uwsgi-bridge.js", import.meta.url));
/** Silence for a part of this time is judged, so it is also what a case about silence takes. */
const FLAGS = { worker: ["--timeout", "8s", "--jobs", "4"], front: ["--timeout", "8s", "--jobs", "8"] };

/**
 * Start a subject, ask it everything with the command that users have, and stop it.
 *
 * @param directory - Made for this measurement.
 * @throws Error when the command could not run its suite.
 */
export async function measure(subject: Subject, directory: string): Promise<Report> {
  await mkdir(directory, { mode: 0o755 });
  const running = await subject.start({ directory, port: freePort });
  try {
    const file = join(directory, "report.json");
    const said = await conformance([
      subject.suite,
      ...running.flags,
      ...FLAGS[subject.suite],
      "--json",
      file,
    ]);
    const text = await readFile(file, "utf8").catch(() => {
      throw new Error(`${subject.id}: ${said}`);
    });
    return JSON.parse(text) as Report;
  } finally {
    await running.stop();
  }
}

/** @returns What it wrote to standard error. */
function conformance(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [COMMAND, "conformance", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve(said));
  });
}
