import type { Stats } from "node:fs";
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises";
import { join, sep } from "node:path";

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
  /** It does not exist. */
  | { readonly type: "missing" }
  /** It lies in none of the directories. */
  | { readonly type: "outside" }
  /** A pipe, a socket, a device. */
  | { readonly type: "special" }
  /** The system denies it. */
  | { readonly type: "forbidden" };

/** Never waits for the other end of a pipe, never follows a link in the last place, never becomes our terminal. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY;
/** Those a file is not opened with, by what they mean for who asks for it. */
const MEANINGS: Readonly<Record<string, "missing" | "special" | "forbidden">> = {
  ENOENT: "missing",
  ENOTDIR: "missing",
  ELOOP: "missing",
  ENAMETOOLONG: "missing",
  EISDIR: "missing",
  EINVAL: "missing",
  ENXIO: "special",
  ENODEV: "special",
  EACCES: "forbidden",
  EPERM: "forbidden",
};
/** What Linux adds to the path of a file that was deleted, or replaced by another one, after it was opened. */
const REPLACED = / \(deleted\)$/;

/**
 * Open what lies under a path, if it is a regular file that has to lie in one of these directories, or is one of these files.
 *
 * The links are resolved, the result is compared with the directories, and only that is opened. A link that is put into the path in between
 * would still lead elsewhere, so the opened file itself is asked where it lies.
 *
 * @param path - Absolute, without `..`, a character per byte.
 * @param directories - Absolute, a character per byte. Their own paths may have symbolic links. Those that do not exist hold nothing.
 * @throws What the system says, when it is neither that there is nothing nor that it is forbidden: too many open files, a broken disk.
 */
export async function openConfined(path: string, directories: readonly string[]): Promise<Opened> {
  try {
    const places = await Promise.all(directories.map(placeOf));
    const allowed = places.flatMap(({ real }) => (real === undefined ? [] : [real]));
    const realPath = await resolved(belowReal(path, places));
    return isInside(realPath, allowed) ? await openInside(realPath, allowed) : { type: "outside" };
  } catch (error) {
    const meaning = meaningOf(error);
    if (meaning === undefined) throw error;
    return { type: meaning };
  }
}

/** @param path - Absolute and without links. */
export function isInside(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep));
}

/** A directory, and where it is when its links are resolved, if it exists. */
interface Place {
  readonly directory: string;
  readonly real: string | undefined;
}

async function placeOf(directory: string): Promise<Place> {
  try {
    return { directory, real: await resolved(directory) };
  } catch (error) {
    if (meaningOf(error) === undefined) throw error;
    return { directory, real: undefined };
  }
}

/** The link of a release may be switched at any time: it is followed once, for the directory and for what is below it. */
function belowReal(path: string, places: readonly Place[]): string {
  const place = places.find(({ directory }) => isInside(path, [directory]));
  return place?.real === undefined ? path : join(place.real, path.slice(place.directory.length));
}

function meaningOf(error: unknown): "missing" | "special" | "forbidden" | undefined {
  const { code = "" } = error as NodeJS.ErrnoException;
  return Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
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
    return await open(bytes(path), FLAGS);
  } catch (error) {
    const isDenied = meaningOf(error) === "forbidden";
    if (isDenied && (await lstat(bytes(path))).isDirectory()) return "directory";
    throw error;
  }
}

async function check(handle: FileHandle, path: string, allowed: readonly string[]): Promise<Opened> {
  const stats = await handle.stat();
  if (stats.isDirectory()) return { type: "directory" };
  if (!stats.isFile()) return { type: "special" };
  if (!(await liesInside(handle, stats, { path, allowed }))) return { type: "outside" };
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
    const place = await readlink(`/proc/self/fd/${handle.fd}`, { encoding: "latin1" });
    return isInside(place.replace(REPLACED, ""), allowed);
  } catch {
    const [again, there] = [await resolved(path), await lstat(bytes(path))];
    return again === path && there.dev === dev && there.ino === ino;
  }
}

/** Names are bytes to the system, and no encoding but this one gives back each of them. */
function resolved(path: string): Promise<string> {
  return realpath(bytes(path), { encoding: "latin1" });
}

function bytes(path: string): Buffer {
  return Buffer.from(path, "latin1");
}
