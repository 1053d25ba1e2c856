import type { Subject } from "./subject.ts";

/** What went wrong with one input. */
interface Finding {
  readonly input: string;
  readonly what: string;
}

/** Figures of one campaign. */
export interface CampaignResult {
  readonly name: string;
  readonly inputs: number;
  readonly seconds: number;
  /** How often each kind of answer came. */
  readonly answers: Readonly<Record<string, number>>;
  readonly rssBeforeMib: number;
  readonly rssAfterMib: number;
  readonly findings: readonly Finding[];
}

const PARALLEL = 16;
/** Inputs before memory is looked at for the first time: until then heap and allocator are still finding their size. */
const WARM_UP = 20_000;
/** Growth that is more than the noise of a garbage collector. */
const MAX_GROWTH_MIB = 20;

/**
 * Feed inputs to a subject, several at a time.
 *
 * @param tryInput - Tries the input with this number; returns the kind of answer, throws an `Error` for one that must not be.
 */
export async function runCampaign(
  name: string,
  {
    subject,
    count,
    tryInput,
    describe,
  }: {
    readonly subject: Subject;
    readonly count: number;
    readonly tryInput: (index: number) => Promise<string>;
    readonly describe: (index: number) => string;
  },
): Promise<CampaignResult> {
  const answers: Record<string, number> = {};
  const findings: Finding[] = [];
  let next = 0;
  let rssBeforeMib = subject.rssMib;
  const started = performance.now();
  const lane = async (): Promise<void> => {
    while (next < count && subject.exit === undefined) {
      const index = next;
      next += 1;
      if (index === Math.min(WARM_UP, Math.floor(count / 2))) rssBeforeMib = subject.rssMib;
      if (index % 5000 === 0) process.stderr.write(`\r${name}: ${index} of ${count}`);
      try {
        const kind = await tryInput(index);
        answers[kind] = (answers[kind] ?? 0) + 1;
      } catch (error) {
        findings.push({ input: describe(index), what: String(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  process.stderr.write(`\r${name}: ${next} of ${count}\n`);
  if (subject.exit !== undefined) {
    findings.push({
      input: `one of the ${PARALLEL} before number ${next}`,
      what: `the process ended: ${subject.exit}`,
    });
    return result(subject.exit);
  }
  return result(undefined);

  function result(exit: string | undefined): CampaignResult {
    const rssAfterMib = exit === undefined ? subject.rssMib : 0;
    if (rssAfterMib - rssBeforeMib > MAX_GROWTH_MIB) {
      findings.push({
        input: "all",
        what: `memory grew from ${rssBeforeMib.toFixed(0)} to ${rssAfterMib.toFixed(0)} MiB`,
      });
    }
    const seconds = (performance.now() - started) / 1000;
    return { name, inputs: next, seconds, answers, rssBeforeMib, rssAfterMib, findings };
  }
}

/** Reject when a promise takes longer than this. */
export async function within<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing for ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
