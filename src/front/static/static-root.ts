import { join } from "node:path";
import { type Opened, openConfined } from "../files/confined-open.ts";

/** A directory that is served, or a single file. */
export interface StaticRoot {
  /** Absolute. Its own path may have symbolic links: they are followed at each request, so that a release can be switched. */
  readonly path: string;
  /** Further directories, absolute, into which symbolic links may lead. */
  readonly safe: readonly string[];
}

/** What a path below a root leads to. What lies outside, or is no file, is as good as missing. */
export type StaticOpened = Exclude<Opened, { type: "outside" | "special" }>;

/**
 * Open what lies under a path, if it is a regular file inside its root.
 *
 * @throws What the system says, other than that there is nothing or that it is forbidden.
 */
export async function openBelow(
  { path, safe }: StaticRoot,
  segments: readonly string[],
): Promise<StaticOpened> {
  const opened = await openConfined(inBytes(join(path, ...segments)), [path, ...safe].map(inBytes));
  return opened.type === "outside" || opened.type === "special" ? { type: "missing" } : opened;
}

/** A character per byte. */
function inBytes(path: string): string {
  return Buffer.from(path).toString("latin1");
}
