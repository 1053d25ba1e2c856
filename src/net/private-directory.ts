import { lstat, mkdtemp, readdir, rename, rm, rmdir, unlink } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isDeadSocket } from "./dead-sockets.ts";

/** A directory for sockets that only our own processes use. */
export interface PrivateDirectory {
  readonly path: string;
  /** Remove it with all that is in it. */
  remove(): Promise<void>;
}

const PREFIX = "uwsgi-bridge-";
/** The name while the directory is made: nobody looks after such. */
const UNFINISHED_PREFIX = `.${PREFIX}`;
/** On this socket in it its owner listens, and accepts nothing: a killed owner can not do that any more. */
const OWNER = "owner";

/**
 * Create a directory that only this user can enter, and remove those that were left behind by processes that were killed.
 *
 * A directory is removed when it is provably dead: it has an owner's socket, like all its entries nobody listens on it, and nobody ever will, because
 * it got its name only when its owner listened. So several processes may start, and sweep, at once.
 *
 * @param parent - Where. @defaultValue the system's directory of temporary files
 */
export async function createPrivateDirectory(parent: string = tmpdir()): Promise<PrivateDirectory> {
  const unfinished = await mkdtemp(join(parent, UNFINISHED_PREFIX));
  const owner = createServer((socket) => socket.destroy()).unref();
  try {
    const { uid } = await lstat(unfinished);
    await listening(owner, join(unfinished, OWNER));
    const path = join(parent, basename(unfinished).slice(1));
    await rename(unfinished, path);
    await removeDeadDirectories(parent, uid);
    return { path, remove: () => remove(path, owner) };
  } catch (error) {
    await remove(unfinished, owner);
    throw error;
  }
}

async function remove(path: string, owner: Server): Promise<void> {
  // While it has an owner, nobody else removes it as well.
  await rm(path, { recursive: true, force: true });
  owner.close();
}

async function removeDeadDirectories(parent: string, uid: number): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(parent, name);
    const sockets = await deadSocketsIn(path, uid);
    for (const socket of sockets) await unlink(socket).catch(() => undefined);
    if (sockets.length > 0) await rmdir(path).catch(() => undefined);
  }
}

/** All that is in a directory; nothing when it is not dead. */
async function deadSocketsIn(path: string, uid: number): Promise<string[]> {
  const found = await lstat(path).catch(() => undefined);
  // Another user could put something else in its place meanwhile.
  if (!found?.isDirectory() || found.uid !== uid) return [];
  const names: string[] = await readdir(path).catch(() => []);
  const sockets = names.map((entry) => join(path, entry));
  if (!names.includes(OWNER)) return [];
  for (const socket of sockets) if (!(await isDeadSocket(socket))) return [];
  return sockets;
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
