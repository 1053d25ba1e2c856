import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Logger } from "../log.ts";
import { TreeWatch } from "./tree-watch.ts";

/** Saving a file is several events, saving all files is many. */
const QUIET_MS = 100;
const LOOK_EVERY_MS = 1000;
const SOURCES = /\.(?:[cm]?[jt]sx?|json)$/;
/** Folders with sources of others, or with none. */
const SKIPPED = new Set(["node_modules", "coverage", "dist"]);

/** Calls back when a source file below a directory was changed. */
export class SourceWatch {
  readonly #directory: string;
  readonly #onChange: (file: string) => void;
  readonly #log: Logger;
  #watcher: TreeWatch | undefined;
  #quiet: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  #seen: Map<string, number> | undefined;

  constructor(directory: string, log: Logger, onChange: (file: string) => void) {
    this.#directory = directory;
    this.#log = log;
    this.#onChange = onChange;
    try {
      this.#watcher = new TreeWatch(directory, {
        enters: (name) => !isSkipped(name),
        onChange: (file) => {
          if (isSource(file)) this.#changed(file);
        },
        onError: (error) => this.#lookInstead(error),
      });
    } catch (error) {
      // Out of watches, or a directory that is not there: looking from time to time always works.
      this.#lookInstead(error);
    }
  }

  close(): void {
    this.#watcher?.close();
    clearTimeout(this.#quiet);
    clearTimeout(this.#looking);
    this.#looking = undefined;
    this.#seen = undefined;
  }

  #changed(file: string): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#onChange(file), QUIET_MS);
  }

  #lookInstead(error: unknown): void {
    if (this.#looking) return;
    this.#watcher?.close();
    this.#log.warn(
      { err: error, directory: this.#directory },
      "the system can not watch the sources: they are looked at every second",
    );
    this.#looking = setTimeout(() => void this.#look(), 0);
  }

  async #look(): Promise<void> {
    const found = await modificationTimes(this.#directory);
    if (!this.#looking) return;
    const seen = this.#seen;
    this.#seen = found;
    if (seen) {
      const changed = [...found.keys()].find((file) => found.get(file) !== seen.get(file));
      const gone = [...seen.keys()].find((file) => !found.has(file));
      const file = changed ?? gone;
      if (file !== undefined) this.#changed(file);
    }
    this.#looking = setTimeout(() => void this.#look(), LOOK_EVERY_MS).unref();
  }
}

/** Whether a change of this file may change what an application does. @param file - Relative to the directory that is watched. */
export function isSource(file: string): boolean {
  return SOURCES.test(file) && !file.split(sep).some(isSkipped);
}

function isSkipped(name: string): boolean {
  return name.startsWith(".") || SKIPPED.has(name);
}

/** The source files below a directory. What goes away meanwhile is left out. */
async function modificationTimes(directory: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  const entries = await readdir(directory, { recursive: true }).catch(() => []);
  for (const file of entries.filter(isSource)) {
    const found = await stat(join(directory, file)).catch(() => undefined);
    if (found) times.set(file, found.mtimeMs);
  }
  return times;
}
