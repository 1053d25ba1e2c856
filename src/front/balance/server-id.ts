import { createHash } from "node:crypto";

const LENGTH = 12;

/** A name for a server that says nothing about where it is, and is the same in every process. */
export function serverId(target: string): string {
  return createHash("sha256").update(target).digest("base64url").slice(0, LENGTH);
}
