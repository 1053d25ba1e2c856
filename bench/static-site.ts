import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HELLO, HELLO_PATH } from "./hello.ts";
import type { Workspace } from "./workspace.ts";

/** A file that is sent in many pieces. */
export const LARGE_FILE = { path: "/large.bin", bytes: 10_000_000 } as const;

/** The directory whose files nginx and our front both serve. */
export function staticSite(workspace: Workspace): string {
  const directory = workspace.path("static");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, HELLO_PATH), HELLO);
  writeFileSync(join(directory, LARGE_FILE.path), Buffer.alloc(LARGE_FILE.bytes, "bench"));
  return directory;
}
