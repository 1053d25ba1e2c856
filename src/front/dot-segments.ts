/**
 * A path with its `.` and `..` segments followed, which lead nowhere above the root.
 *
 * @param joinsSlashes - Whether `//` is read as one slash, as many programs do, or as an empty segment, as RFC 3986 does.
 * @see RFC 3986 section 5.2.4
 */
export function resolveDots(path: string, joinsSlashes: boolean): string {
  const segments = path.split("/").slice(1);
  const last = segments.at(-1);
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "." && !(joinsSlashes && segment === "")) kept.push(segment);
  }
  const isDirectory = last === "." || last === ".." || (joinsSlashes && last === "");
  return `/${kept.join("/")}${isDirectory && kept.length > 0 ? "/" : ""}`;
}

/** Whether `..` segments lead above where the path begins. */
export function climbs(path: string): boolean {
  if (!path.includes("..")) return false;
  let depth = 0;
  for (const segment of path.split("/")) {
    if (segment === "..") depth -= 1;
    else if (segment !== "" && segment !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
