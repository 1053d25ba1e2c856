// npm run faults: things go wrong on purpose, and every figure is printed. -- --list, --only F03,F13, --quick
import { parseArgs } from "node:util";
import { EXPERIMENTS } from "./experiments.ts";
import { Findings } from "./findings.ts";

const { values } = parseArgs({
  options: {
    list: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    quick: { type: "boolean", default: false },
  },
});
const names = values.only.flatMap((text) => text.split(","));
const unknown = names.filter((name) => !EXPERIMENTS.some((experiment) => experiment.name === name));
if (unknown.length > 0) throw new Error(`no such experiment: ${unknown.join(", ")}; see --list`);
const chosen = EXPERIMENTS.filter(({ name }) => names.length === 0 || names.includes(name));

if (values.list) for (const { name, title } of EXPERIMENTS) say(`${name}  ${title}`);
else {
  let missed = 0;
  for (const { name, title, run } of chosen) {
    const findings = new Findings();
    const startedAt = performance.now();
    await run(values.quick ? "quick" : "full", findings).catch((error: unknown) => {
      findings.misses.push(String(error));
    });
    missed += findings.misses.length;
    const verdict = findings.misses.length === 0 ? "ok  " : "MISS";
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    say(`${verdict} ${name} ${title} [${seconds} s]: ${findings.line}`);
    for (const miss of findings.misses) say(`       ${miss}`);
  }
  process.exitCode = missed === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
