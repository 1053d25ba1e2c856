import type { HeaderPair } from "../../codec/response-head.ts";

/** The directories an application may name files of. Paths are absolute, a character per byte. */
export interface OffloadRoots {
  /** What stands in front of the path in `X-Accel-Redirect`, without a slash behind it, and the directory it stands for. */
  readonly accel: readonly (readonly [prefix: string, directory: string])[];
  /** Where files named by `X-Sendfile` may lie. */
  readonly sendfile: readonly string[];
}

/** A file, and the directories of which one must hold it when all links are resolved: what `openConfined` takes. */
export interface WantedFile {
  readonly roots: readonly string[];
  readonly path: string;
}

/** A file that an application asks the front to send. */
export type OffloadWish =
  | ({ readonly type: "file" } & WantedFile)
  /** The path leads to no directory that was configured. */
  | { readonly type: "refused"; readonly reason: string }
  /** No directory is configured for this field. */
  | { readonly type: "off"; readonly field: string };

const ESCAPE = /%([0-9a-f]{2})/gi;
const ACCEL = "x-accel-redirect";
const SENDFILE = "x-sendfile";

/**
 * Which file the head of a response asks for; `undefined`: none.
 *
 * Percent escapes are decoded once, as nginx, lighttpd and mod_xsendfile do; of `X-Accel-Redirect`, a URL, the query is left out. No path that
 * is found here leads upwards; where its links lead is for whoever opens it to see.
 */
export function offloadWish(headers: readonly HeaderPair[], roots: OffloadRoots): OffloadWish | undefined {
  let found: { field: string; value: string } | undefined;
  for (const [name, value] of headers) {
    if (name.length !== ACCEL.length && name.length !== SENDFILE.length) continue;
    const field = name.toLowerCase();
    if (field === ACCEL || (field === SENDFILE && !found)) found = { field, value };
  }
  if (!found) return undefined;
  return found.field === ACCEL ? accelWish(found.value, roots) : sendfileWish(found.value, roots);
}

/** Whether a path is below a directory, by its text. */
function isBelow(directory: string, path: string): boolean {
  return path.startsWith(directory.endsWith("/") ? directory : `${directory}/`);
}

function accelWish(value: string, { accel }: OffloadRoots): OffloadWish {
  if (accel.length === 0) return { type: "off", field: ACCEL };
  const [url = ""] = value.split("?", 1);
  const path = cleanPath(url);
  if (path === undefined) return refused("the path is not absolute, or leads upwards");
  let best: readonly [prefix: string, directory: string] | undefined;
  for (const root of accel) {
    if (isBelow(root[0], path) && (!best || root[0].length > best[0].length)) best = root;
  }
  if (!best) return refused("the path is below no prefix that was configured");
  const [prefix, root] = best;
  return { type: "file", roots: [root], path: `${withoutSlash(root)}${path.slice(prefix.length)}` };
}

function sendfileWish(value: string, { sendfile }: OffloadRoots): OffloadWish {
  if (sendfile.length === 0) return { type: "off", field: SENDFILE };
  const path = cleanPath(value);
  if (path === undefined) return refused("the path is not absolute, or leads upwards");
  return { type: "file", roots: sendfile, path };
}

/** The path decoded, without `.` and empty segments; `undefined` when it could lead anywhere else. */
function cleanPath(text: string): string | undefined {
  const decoded = text.replace(ESCAPE, (_escape, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  if (!decoded.startsWith("/") || decoded.includes("\0")) return undefined;
  const segments = decoded.split("/").filter((segment) => segment !== "" && segment !== ".");
  return segments.includes("..") ? undefined : `/${segments.join("/")}`;
}

function withoutSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

function refused(reason: string): OffloadWish {
  return { type: "refused", reason };
}
