/** A part of a file. */
export interface ByteRange {
  /** Of its first byte. */
  readonly offset: number;
  /** At least 1. */
  readonly length: number;
}

const UNIT = /^bytes=/i;
const RANGE = /^(\d*)-(\d*)$/;
/** More ranges than any player or reader of documents asks for at once. */
const MAX_RANGES = 16;
/** Ranges that overlap may make an answer larger than its file, but not without bound. */
const MAX_SUM = 2;

/**
 * Read a Range field.
 *
 * @param size - Bytes of the file.
 * @returns The ranges that lie in the file, in the order asked for; `"unsatisfiable"` when none does; `undefined` when the field
 * is to be ignored: another unit, a syntax error, more ranges than are served, or an empty file, of which no part can be named.
 * @see RFC 9110 section 14.1.2
 */
export function parseRanges(field: string, size: number): readonly ByteRange[] | "unsatisfiable" | undefined {
  if (!UNIT.test(field) || size === 0) return undefined;
  const texts = field
    .slice(field.indexOf("=") + 1)
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text !== "");
  if (texts.length === 0 || texts.length > MAX_RANGES) return undefined;
  const ranges: ByteRange[] = [];
  for (const text of texts) {
    const range = parseRange(text, size);
    if (range === undefined) return undefined;
    if (range.length > 0) ranges.push(range);
  }
  if (ranges.length === 0) return "unsatisfiable";
  const sum = ranges.reduce((bytes, { length }) => bytes + length, 0);
  return sum > MAX_SUM * size ? undefined : ranges;
}

/** @returns One without length when it lies outside; `undefined` for a syntax error. */
function parseRange(text: string, size: number): ByteRange | undefined {
  const [, first = "", last = ""] = RANGE.exec(text) ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return { offset: size - length, length };
  }
  if (last !== "" && Number(last) < Number(first)) return undefined;
  const offset = Math.min(Number(first), size);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  return { offset, length: Math.max(0, end - offset) };
}
