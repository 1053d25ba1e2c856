import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";

/** Enough to tell the few places apart that share a directory. */
const PLACE_CHARACTERS = 4;

/**
 * Who made a file, for its name: the process, and the place in which its number means something, `3kf9-1a2b`. A directory may be shared by
 * containers and by machines, in which the same number is another process.
 *
 * `undefined` where the system does not name the place: what has no tag belongs to nobody.
 */
export const OWNER_TAG: string | undefined = tagOf(process.pid);

/** The process of this tag has ended. False when it is not known: it may live elsewhere, or another one may have its number now. */
export function isOwnerGone(tag: string): boolean {
  const pid = Number.parseInt(tag.split("-")[1] ?? "", 36);
  if (!Number.isSafeInteger(pid) || pid <= 0 || tag !== tagOf(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** The tag of a process in the place where we are. */
export function tagOf(pid: number): string | undefined {
  const place = placeOfProcesses();
  return place === undefined ? undefined : `${place}-${pid.toString(36)}`;
}

/** This boot of this machine, and the namespace of our process numbers. */
function placeOfProcesses(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1");
    const digest = createHash("sha256").update(boot + readlinkSync("/proc/self/ns/pid"));
    return BigInt(`0x${digest.digest("hex")}`)
      .toString(36)
      .slice(0, PLACE_CHARACTERS);
  } catch {
    return undefined;
  }
}
