import { fileURLToPath } from "node:url";
import { findProgram } from "./programs.ts";
import type { Workspace } from "./workspace.ts";

/** One measurement. */
export interface Sample {
  readonly requestsPerSecond: number;
  /** Connections that failed, broke or timed out, and bodies that were not the expected ones where the tool looks at them. */
  readonly errors: number;
  readonly nonSuccess: number;
}

/** A program that asks for one URL as often as it can. */
export interface LoadGenerator {
  readonly name: string;
  measure(url: string): Promise<Sample>;
}

export interface LoadSettings {
  readonly seconds: number;
  readonly connections: number;
}

/** Prints wrk's totals as JSON. */
const WRK_REPORT = `function done(summary)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"microseconds":%d,"errors":%d,"status":%d}\\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.timeout, e.status))
end
`;

/** wrk, or autocannon where wrk is not installed. */
export function createLoadGenerator(workspace: Workspace, settings: LoadSettings): LoadGenerator {
  const wrk = findProgram("wrk");
  return wrk === undefined ? new Autocannon(workspace, settings) : new Wrk(wrk, workspace, settings);
}

class Wrk implements LoadGenerator {
  readonly name = "wrk";
  readonly #command: string;
  readonly #args: readonly string[];
  readonly #workspace: Workspace;

  constructor(command: string, workspace: Workspace, { seconds, connections }: LoadSettings) {
    const report = workspace.write("report.lua", WRK_REPORT);
    this.#command = command;
    this.#args = ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", report];
    this.#workspace = workspace;
  }

  async measure(url: string): Promise<Sample> {
    const output = await this.#workspace.run("wrk", this.#command, [...this.#args, url]);
    const totals: { requests: number; microseconds: number; errors: number; status: number } = JSON.parse(
      output.slice(output.indexOf("{")),
    );
    return {
      requestsPerSecond: totals.requests / (totals.microseconds / 1e6),
      errors: totals.errors,
      nonSuccess: totals.status,
    };
  }
}

class Autocannon implements LoadGenerator {
  readonly name = "autocannon";
  readonly #args: readonly string[];
  readonly #workspace: Workspace;

  constructor(workspace: Workspace, { seconds, connections }: LoadSettings) {
    const program = fileURLToPath(import.meta.resolve("autocannon"));
    this.#args = [program, "--json", "--connections", `${connections}`, "--duration", `${seconds}`];
    this.#workspace = workspace;
  }

  async measure(url: string): Promise<Sample> {
    const output = await this.#workspace.run("autocannon", process.execPath, [...this.#args, url]);
    const totals: AutocannonTotals = JSON.parse(output.slice(output.indexOf("{")));
    return {
      requestsPerSecond: totals.requests.total / totals.duration,
      errors: totals.errors + totals.timeouts,
      nonSuccess: totals.non2xx,
    };
  }
}

interface AutocannonTotals {
  readonly requests: { readonly total: number };
  readonly duration: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly non2xx: number;
}
