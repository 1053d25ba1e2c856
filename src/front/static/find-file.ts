import type { OpenedFile } from "../files/confined-open.ts";
import type { RequestedPath } from "./requested-path.ts";
import { openBelow, type StaticRoot } from "./static-root.ts";

/** What a path leads to. */
export type Found =
  | {
      readonly type: "file";
      readonly opened: OpenedFile;
      /** Below the root: the path that was asked for, and the name of the index when it was a directory. */
      readonly segments: readonly string[];
    }
  /** A directory with an index, asked for without the slash at its end. */
  | { readonly type: "redirect" }
  | { readonly type: "missing" }
  | { readonly type: "forbidden" };

/**
 * Find the file for a path below a root, and open it. The caller closes it.
 *
 * @param index - Names of the file that stands for its directory; the first that exists does. A directory without one is not there: nothing
 * is ever listed.
 * @throws What the system says, other than that there is nothing or that it is forbidden.
 */
export async function findFile(
  root: StaticRoot,
  { segments, hasSlash }: RequestedPath,
  index: readonly string[],
): Promise<Found> {
  const opened = await openBelow(root, segments);
  if (opened.type === "directory") return findIndex(root, { segments, hasSlash }, index);
  if (opened.type !== "file") return opened;
  if (!hasSlash) return { type: "file", opened, segments };
  await opened.handle.close();
  return { type: "missing" };
}

async function findIndex(
  root: StaticRoot,
  { segments, hasSlash }: RequestedPath,
  index: readonly string[],
): Promise<Found> {
  for (const name of index) {
    const place = [...segments, name];
    const opened = await openBelow(root, place);
    if (opened.type === "forbidden") return opened;
    if (opened.type !== "file") continue;
    if (hasSlash) return { type: "file", opened, segments: place };
    await opened.handle.close();
    return { type: "redirect" };
  }
  return { type: "missing" };
}
