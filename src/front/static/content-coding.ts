/** How a file beside another one is compressed. */
export type ContentCoding = "br" | "gzip";

/** What the name of a compressed file has in addition. */
export const CODING_SUFFIX: Readonly<Record<ContentCoding, string>> = { br: ".br", gzip: ".gz" };

const ELEMENT = /^([!#$%&'*+.^`|~\w-]+)(?:[ \t]*;[ \t]*q[ \t]*=[ \t]*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

/**
 * Choose among the compressed forms of a file.
 *
 * @param accept - The Accept-Encoding field; without one the plain file is sent.
 * @param available - In the order of preference, which decides between equal weights.
 * @returns `undefined` for the plain file. It is sent as well when the client refuses every form there is: it will find out.
 * @see RFC 9110 section 12.5.3
 */
export function chooseCoding(
  accept: string | undefined,
  available: readonly ContentCoding[],
): ContentCoding | undefined {
  if (accept === undefined || available.length === 0) return undefined;
  const weights = readWeights(accept);
  const others = weights.get("*") ?? 0;
  let chosen: ContentCoding | undefined;
  // Whoever lists codings wants one: the plain file has a weight only where it is listed itself.
  let best = weights.get("identity") ?? 0;
  for (const coding of available) {
    const weight = weights.get(coding) ?? others;
    if (weight > 0 && (weight > best || (chosen === undefined && weight === best))) {
      chosen = coding;
      best = weight;
    }
  }
  return chosen;
}

function readWeights(accept: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const element of accept.split(",")) {
    const [, name, weight] = ELEMENT.exec(element.trim()) ?? [];
    if (name === undefined) continue;
    const coding = name.toLowerCase();
    weights.set(coding === "x-gzip" ? "gzip" : coding, Number(weight ?? 1));
  }
  return weights;
}
