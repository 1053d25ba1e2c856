import { lstat, readdir, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { isOwnerGone } from "./owner-tag.ts";

const PROBE_TIMEOUT_MS = 500;
/** The name of a socket that waits to be given its own: see {@link temporaryName}. */
const TEMPORARY = /^\.([0-9a-z]{4}-[0-9a-z]+)-[0-9a-z]+$/;

/**
 * Remove the sockets that processes of ours left in a directory when they were killed before they could give them their names: such as bear the tag
 * of a process that is gone, and on which nobody listens. What can not be removed stays.
 */
export async function removeDeadSockets(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const tag = TEMPORARY.exec(name)?.[1];
    if (tag === undefined || !isOwnerGone(tag)) continue;
    const path = join(directory, name);
    if (await isDeadSocket(path)) await unlink(path).catch(() => undefined);
  }
}

/** It is a socket, and nobody listens there. */
export async function isDeadSocket(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isSocket() === true && !(await hasListener(path));
}

/** Does anybody accept connections there? Only a refused connection proves that nobody does. */
export function hasListener(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path });
    const settle = (isThere: boolean): void => {
      probe.destroy();
      resolve(isThere);
    };
    probe.setTimeout(PROBE_TIMEOUT_MS, () => settle(true));
    probe.once("connect", () => settle(true));
    probe.once("error", ({ code }: NodeJS.ErrnoException) =>
      settle(code !== "ECONNREFUSED" && code !== "ENOENT"),
    );
  });
}
