/** The names in a hosts file, in lower case. */
export function hostsOf(text: string): ReadonlySet<string> {
  const lines = text.split("\n").map((line) => line.replace(/#.*$/, "").trim());
  return new Set(lines.flatMap((line) => line.toLowerCase().split(/\s+/).slice(1)));
}
