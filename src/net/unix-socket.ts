import { existsSync } from "node:fs";
import { chmod, chown, link, lstat, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError, UsageError } from "../errors.ts";
import { hasListener } from "./dead-sockets.ts";
import { OWNER_TAG } from "./owner-tag.ts";

/** Who may connect to a Unix socket. */
export interface SocketAccess {
  /** File mode. @defaultValue 0o660 */
  readonly mode?: number;
  /** Owner and group, by number. Unchanged when left out. */
  readonly uid?: number;
  readonly gid?: number;
}

const DEFAULT_MODE = 0o660;
/** The longest path of a socket on Linux, in bytes. */
const MAX_PATH_BYTES = 107;

let sequence = 0;

/**
 * A name in the same directory under which a socket can be bound before anybody can see it. It tells whose it is, so that it can be removed when its
 * owner was killed; where the path would become too long by that, it is shorter than most socket names.
 *
 * @see {@link removeDeadSockets}
 */
export function temporaryName(path: string): string {
  sequence += 1;
  const directory = dirname(path);
  const tagged = join(directory, `.${OWNER_TAG}-${sequence.toString(36)}`);
  if (OWNER_TAG !== undefined && Buffer.byteLength(tagged) <= MAX_PATH_BYTES) return tagged;
  return join(directory, `.${process.pid.toString(36)}${sequence.toString(36)}`);
}

/** Why a socket could not be bound under its temporary name, in terms of the path that was asked for. */
export function bindProblem(error: NodeJS.ErrnoException & { address?: string }, path: string): string {
  const directory = dirname(path);
  // For a directory that is not there Node says EACCES, too.
  if (!existsSync(directory)) return `the directory ${directory} does not exist`;
  if (error.code === "EACCES") return `no permission to create a socket in ${directory}`;
  return error.address === undefined ? error.message : error.message.replaceAll(error.address, path);
}

/**
 * Put a socket that was bound under a temporary name in its final place, with mode and owner already set: there is no moment at
 * which a client could connect to a socket with the wrong mode, or to none.
 *
 * A file that is already there is probed. Whoever listens on it keeps it; one that nobody listens on is replaced.
 *
 * @returns The inode, for {@link removeSocket}.
 * @throws {@link UsageError} `UWB_ERR_SOCKET_IN_USE` when another process listens on `path`, `UWB_ERR_LISTEN` when its mode or owner can
 *   not be set; {@link ConfigError} `UWB_ERR_LISTEN` when something that is not a socket stands there.
 */
export async function publishSocket(temporary: string, path: string, access: SocketAccess): Promise<number> {
  await setAccess(temporary, path, access);
  await removeStaleSocket(path);
  try {
    await link(temporary, path);
  } catch (error) {
    throw hasErrno(error, "EEXIST") ? inUse(path) : error;
  }
  await unlink(temporary);
  return (await lstat(path)).ino;
}

async function setAccess(temporary: string, path: string, access: SocketAccess): Promise<void> {
  const { mode = DEFAULT_MODE, uid, gid } = access;
  try {
    await chmod(temporary, mode);
    if (uid !== undefined || gid !== undefined) await chown(temporary, uid ?? -1, gid ?? -1);
  } catch (error) {
    const reason = accessProblem(error as NodeJS.ErrnoException, { temporary, path, access });
    throw new UsageError("UWB_ERR_LISTEN", `can not listen on unix:${path}: ${reason}`, { cause: error });
  }
}

/** Why mode or owner of a socket could not be set, in terms of the path that was asked for. */
export function accessProblem(
  error: NodeJS.ErrnoException,
  { temporary, path, access }: { temporary: string; path: string; access: SocketAccess },
): string {
  if (error.code !== "EPERM") return error.message.replaceAll(temporary, path);
  const owner = `${access.uid ?? ""}:${access.gid ?? ""}`;
  return `no permission to give it to ${owner}; without root it can only be given to a group of your own`;
}

/** Remove the socket file, unless another process has meanwhile put its own there. */
export async function removeSocket(path: string, inode: number): Promise<void> {
  const found = await statIfThere(path);
  if (found?.ino === inode) await unlink(path);
}

async function removeStaleSocket(path: string): Promise<void> {
  const found = await statIfThere(path);
  if (!found) return;
  if (!found.isSocket()) {
    throw new ConfigError(
      "listen",
      `${path} exists and is not a socket; remove it or choose another path`,
      "UWB_ERR_LISTEN",
    );
  }
  if (await hasListener(path)) throw inUse(path);
  // Between the probe and now another process may have started. Take the file aside first, and look what it is.
  const aside = temporaryName(path);
  try {
    await rename(path, aside);
  } catch (error) {
    // Its process was on its way out, and has removed it meanwhile.
    if (hasErrno(error, "ENOENT")) return;
    throw error;
  }
  if ((await lstat(aside)).ino !== found.ino) {
    await link(aside, path).catch(() => undefined);
    await unlink(aside);
    throw inUse(path);
  }
  await unlink(aside);
}

async function statIfThere(path: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function inUse(path: string): UsageError {
  return new UsageError(
    "UWB_ERR_SOCKET_IN_USE",
    `another process listens on ${path}; stop it, or choose another path`,
  );
}
