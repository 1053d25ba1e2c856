import type { Findings } from "./findings.ts";

/** How long, how often, how many: what takes seconds with every test run, and what is asked for by name. */
export type Scale = "quick" | "full";

/** Something goes wrong on purpose, and what became of the requests is counted. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** Only in the full form. @defaultValue false */
  readonly isLong?: boolean;
  run(scale: Scale, findings: Findings): Promise<void>;
}
