import { type ConformanceCase, failed, type Level, passed, type Transport, type Verdict } from "../case.ts";
import { type Exchange, partsOf, scriptOf } from "./exchange.ts";
import { brokenInvariant, type Expectation } from "./expectation.ts";
import type { FrontContext } from "./front-context.ts";
import { describeObservation } from "./observation.ts";
import { observe } from "./observe.ts";
import { describeScript, GOOD } from "./script.ts";

/** A case of the front suite as data. */
export interface FrontRow extends Exchange {
  /** Without the group. */
  readonly name: string;
  /** @defaultValue `"MUST"` */
  readonly level?: Level;
  readonly rule: string;
  readonly source: string;
  /** What goes wrong without the rule. */
  readonly why: string;
  /** What may come of it. */
  readonly allow: Expectation;
  /** The better of what may come: a second case with `-best` behind its name, of level `SHOULD`. */
  readonly best?: Expectation;
  readonly transports?: readonly Transport[];
  readonly extraTimeMs?: number;
  /** How often to run the exchange: where chance decides which bytes the front sees together, the worst result counts. @defaultValue 1 */
  readonly times?: number;
  /** What follows may be another protocol, and is not read as HTTP/1. @defaultValue false */
  readonly mayLeaveHttp1?: boolean;
}

export type FrontCase = ConformanceCase<FrontContext>;

/** The cases of one group. */
export function frontCases(group: string, rows: readonly FrontRow[]): FrontCase[] {
  return rows.flatMap((row) => {
    const plain = frontCase(group, row);
    if (!row.best) return [plain];
    const allow = row.best;
    return [plain, frontCase(group, { ...row, name: `${row.name}-best`, level: "SHOULD", allow })];
  });
}

function frontCase(group: string, row: FrontRow): FrontCase {
  const { name, level = "MUST", rule, source, transports, extraTimeMs } = row;
  return {
    id: `${group}/${name}`,
    group,
    level,
    rule,
    source,
    explain: explain(row),
    ...(transports ? { transports } : {}),
    ...(extraTimeMs === undefined ? {} : { extraTimeMs }),
    run: async (context): Promise<Verdict> => {
      let verdict = await judge(row, context);
      for (let time = 1; time < (row.times ?? 1) && verdict.outcome === "passed"; time += 1)
        verdict = await judge(row, context);
      return verdict;
    },
  };
}

async function judge(row: FrontRow, context: FrontContext): Promise<Verdict> {
  const seen = await observe(row, context);
  const fault = (row.mayLeaveHttp1 ? undefined : brokenInvariant(seen)) ?? row.allow.check(seen);
  const told = describeObservation(seen);
  return fault === undefined ? passed(told) : failed(row.allow.text, `${fault} (${told})`, seen.raw);
}

const SHOWN = 400;
const LEGEND =
  "(⏎ is CR LF, {T} the token of the request, {S} that of a second or hidden one, {host} and {base} come from the URL.)";

function explain(row: FrontRow): string {
  const script = scriptOf(row);
  const lines = [`The client sends: ${partsOf(row).map(shortened).join(" [pause] ")}`];
  if (row.leaves) lines.push(`and leaves (${row.leaves}).`);
  if (script !== GOOD) lines.push(`The worker answers: ${describeScript(script)}`);
  lines.push(`Allowed: ${row.allow.text}.`, `Why: ${row.why}`);
  return [...lines, LEGEND].join("\n");
}

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text;
}
