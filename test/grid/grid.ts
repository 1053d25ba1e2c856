import type { Level } from "../../protocol/conformance/case.ts";

/** How a subject stands in a case it does not simply pass. */
export type Mark = "failed" | "advised" | "declined" | "could-not-run" | "left-out" | "varies";

/** What `docs/conformance.json` holds. Equal measurements give equal files, the day aside. */
export interface Grid {
  /** Of the suites. */
  readonly version: string;
  /** When it was measured, as `2026-11-20`. */
  readonly date: string;
  readonly suites: readonly SuiteGrid[];
}

export interface SuiteGrid {
  readonly suite: "worker" | "front";
  readonly subjects: readonly Column[];
  readonly groups: readonly GroupRow[];
  /** The cases that not everybody passes, in the order of the suite. */
  readonly cases: readonly CaseRow[];
}

/** One subject. */
export interface Column {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly setup: string;
  readonly isOurs: boolean;
  readonly totals: Totals;
}

/** Numbers of cases. */
export interface Totals {
  readonly passed: number;
  /** Broken MUSTs. */
  readonly failed: number;
  /** Broken SHOULDs. */
  readonly advised: number;
  /** MAYs that are not done. */
  readonly declined: number;
  readonly couldNotRun: number;
  /** The contract app does not have their routes. */
  readonly leftOut: number;
  /** Not the same in every round. */
  readonly varies: number;
}

export interface GroupRow {
  readonly group: string;
  /** By the id of the subject. A case that makes no sense on a transport is not among the cases of its subject. */
  readonly results: Readonly<Record<string, { readonly passed: number; readonly cases: number }>>;
}

export interface CaseRow {
  readonly id: string;
  readonly level: Level;
  readonly rule: string;
  readonly source: string;
  /** By the id of the subject; who is not named passed, or was not asked on its transport. */
  readonly results: Readonly<Record<string, Result>>;
}

export interface Result {
  readonly mark: Mark;
  /** What it did, or why the case could not run; absent when that is not the same every time. */
  readonly seen?: string;
}
