import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory for one test file, which servers that gave up their privileges can enter. Its path is short enough for sockets. */
export async function makeTempDir(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "uwb-"));
  await chmod(directory, 0o755);
  return directory;
}

export function removeTempDir(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true });
}
