import type { Stats } from "node:fs";
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises";
import { join, sep } from "node:path";

/** A directory that is served, or a single file. */
export interface StaticRoot {
  /** Absolute. Its own path may have symbolic links: they are followed at each request, so that a release can be switched. */
  readonly path: string;
  /** Further directories, absolute, into which symbolic links may lead. */
  readonly safe: readonly string[];
}

/** A regular file. Whoever has it closes it. */
export interface OpenedFile {
  readonly type: "file";
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/** What was found under a path. */
export type Opened =
  | OpenedFile
  | { readonly type: "directory" }
  /** Nothing that is served: it does not exist, or is no file, or lies outside. */
  | { readonly type: "missing" }
  /** The system denies it. */
  | { readonly type: "forbidden" };

/** Never waits for the other end of a pipe, never follows a link in the last place, never becomes our terminal. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY;
const MISSING = new Set([
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
  "ENAMETOOLONG",
  "ENXIO",
  "ENODEV",
  "EISDIR",
  "EINVAL",
]);
/** What Linux adds to the path of a file that was deleted, or replaced by another one, after it was opened. */
const REPLACED = / \(deleted\)$/;
const FORBIDDEN = new Set(["EACCES", "EPERM"]);

/**
 * Open what lies under a path, if it is a regular file inside its root.
 *
 * The links are resolved, the result is compared with the root, and only that is opened. A link that is put into the path in between
 * would still lead elsewhere, so the opened file itself is asked where it lies.
 *
 * @throws What the system says, when it is neither that there is nothing nor that it is forbidden: too many open files, a broken disk.
 */
export async function openConfined(root: StaticRoot, segments: readonly string[]): Promise<Opened> {
  try {
    const realRoot = await realpath(root.path);
    const path = await realpath(join(realRoot, ...segments));
    const allowed = root.safe.length === 0 ? [realRoot] : [realRoot, ...(await realPaths(root.safe))];
    if (!isInside(path, allowed)) return { type: "missing" };
    return await openInside(path, allowed);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (MISSING.has(code)) return { type: "missing" };
    if (FORBIDDEN.has(code)) return { type: "forbidden" };
    throw error;
  }
}

/** @param path - Absolute and without links. */
export function isInside(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep));
}

/** @returns Those that exist. */
async function realPaths(paths: readonly string[]): Promise<string[]> {
  const results = await Promise.allSettled(paths.map((path) => realpath(path)));
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

async function openInside(path: string, allowed: readonly string[]): Promise<Opened> {
  const handle = await openPath(path);
  if (handle === "directory") return { type: "directory" };
  const opened = await check(handle, path, allowed).catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  if (opened.type !== "file") await handle.close();
  return opened;
}

/** A directory that may be entered but not listed can not be opened, and is one all the same. */
async function openPath(path: string): Promise<FileHandle | "directory"> {
  try {
    return await open(path, FLAGS);
  } catch (error) {
    const isDenied = FORBIDDEN.has((error as NodeJS.ErrnoException).code ?? "");
    if (isDenied && (await lstat(path)).isDirectory()) return "directory";
    throw error;
  }
}

async function check(handle: FileHandle, path: string, allowed: readonly string[]): Promise<Opened> {
  const stats = await handle.stat();
  if (stats.isDirectory()) return { type: "directory" };
  if (!stats.isFile() || !(await liesInside(handle, stats, { path, allowed }))) return { type: "missing" };
  return { type: "file", handle, stats };
}

/**
 * Whether an open file lies in one of these directories. Linux tells its path. Elsewhere the path is resolved once more, and has to
 * name the same file.
 */
async function liesInside(
  handle: FileHandle,
  { dev, ino }: Stats,
  { path, allowed }: { path: string; allowed: readonly string[] },
): Promise<boolean> {
  try {
    const place = await readlink(`/proc/self/fd/${handle.fd}`);
    return isInside(place.replace(REPLACED, ""), allowed);
  } catch {
    const [again, there] = [await realpath(path), await lstat(path)];
    return again === path && there.dev === dev && there.ino === ino;
  }
}
