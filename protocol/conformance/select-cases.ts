import type { CaseFacts } from "./case.ts";

/**
 * The cases whose id fits one of the globs, in the order of the suite.
 *
 * @param globs - `*` stands for any run of characters, `/` included; a group's name stands for its cases; none stands for all.
 */
export function selectCases<Case extends Pick<CaseFacts, "id">>(
  cases: readonly Case[],
  globs: readonly string[],
): readonly Case[] {
  if (globs.length === 0) return cases;
  const patterns = globs.map(patternOf);
  return cases.filter(({ id }) => patterns.some((pattern) => pattern.test(id)));
}

function patternOf(glob: string): RegExp {
  const text = glob.replace(/[\\^$+?.()|[\]{}]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(glob.includes("/") ? `^${text}$` : `^${text}(?:/.*)?$`);
}
