import { closeSync, openSync, unlinkSync } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "../../errors.ts";
import type { Logger } from "../../log.ts";

/** Never one that is there already, and nobody else may read it. */
const FLAGS = "wx+";
const MODE = 0o600;

let sequence = 0;

/** Create a file without a name: it vanishes with the process, however that ends. */
export async function openTemporaryFile(directory: string): Promise<FileHandle> {
  const path = nextPath(directory);
  const file = await open(path, FLAGS, MODE);
  await unlink(path);
  return file;
}

/**
 * Find out whether files can be created in a directory. Only trying tells: the administrator is permitted everything, and yet fails on a
 * file system that is read only.
 *
 * @throws {@link ConfigError} that names the option `tempDir`.
 */
export function checkTemporaryDirectory(directory: string): void {
  try {
    const path = nextPath(directory);
    const fd = openSync(path, FLAGS, MODE);
    unlinkSync(path);
    closeSync(fd);
  } catch (error) {
    const message = `no file can be created in ${directory}, the directory of temporary files (--temp-dir): ${errno(error)}`;
    throw new ConfigError("tempDir", message, "UWB_ERR_CONFIG", { cause: error });
  }
}

/** The same for a directory that nobody asked for: most requests do without it. */
export function warnOfTemporaryDirectory(directory: string, log: Logger): void {
  try {
    checkTemporaryDirectory(directory);
  } catch (error) {
    log.warn({ directory }, `${(error as ConfigError).message}; larger request bodies will be answered 503`);
  }
}

/** What the system calls a failure, such as `ENOSPC`. */
export function errno(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

function nextPath(directory: string): string {
  sequence += 1;
  return join(directory, `uwsgi-bridge-${process.pid}-${sequence}`);
}
