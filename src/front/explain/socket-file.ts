import { type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import type { SocketFile } from "./failure.ts";

/** Look at the file of a Unix socket that could not be connected to. */
export function lookAtSocket(path: string): SocketFile {
  const ownUid = process.getuid?.();
  const own = ownUid === undefined ? {} : { ownUid };
  try {
    const stats = statSync(path);
    return { path, ...own, ...factsOf(stats) };
  } catch (error) {
    return { path, ...own, kind: absence(path, error as NodeJS.ErrnoException) };
  }
}

function factsOf(stats: Stats): Pick<SocketFile, "kind"> & Partial<SocketFile> {
  const { mode, uid, gid } = stats;
  return { kind: stats.isSocket() ? "socket" : "other", mode: (mode & 0o777).toString(8), uid, gid };
}

function absence(path: string, { code }: NodeJS.ErrnoException): SocketFile["kind"] {
  if (code === "EACCES" || code === "EPERM") return "hidden";
  return statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() ? "missing" : "no-directory";
}
