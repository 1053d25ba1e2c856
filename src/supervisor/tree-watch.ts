import { type FSWatcher, lstatSync, readdirSync, watch } from "node:fs";
import { join, sep } from "node:path";

/** What a {@link TreeWatch} depends on, and whom it tells. */
export interface TreeWatchOptions {
  /** Whether to look into a directory of this name. */
  readonly enters: (name: string) => boolean;
  /** @param file - What was changed, created or removed, relative to the directory that is watched. */
  readonly onChange: (file: string) => void;
  /** From now on changes may be missed. */
  readonly onError: (error: unknown) => void;
}

/**
 * Watches a directory and those below it, each by a watch of its own. Node's recursive watch has one for each file on Linux, and is deaf to a file
 * that was replaced by another, which is how many editors save.
 */
export class TreeWatch {
  readonly #root: string;
  readonly #options: TreeWatchOptions;
  /** By directory, relative to the root; the root is empty. */
  readonly #watchers = new Map<string, FSWatcher>();

  /** @throws When the directory can not be watched. */
  constructor(root: string, options: TreeWatchOptions) {
    this.#root = root;
    this.#options = options;
    try {
      this.#enter("", () => undefined);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Watch a directory, then look what is in it: nothing is created unseen in between. */
  #enter(directory: string, onFile: (file: string) => void): void {
    const path = join(this.#root, directory);
    const watcher = watch(path, { persistent: false }, (event, name) => {
      if (name !== null) this.#happened(event, join(directory, name));
    });
    watcher.on("error", this.#options.onError);
    this.#watchers.set(directory, watcher);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inside = join(directory, entry.name);
      if (!entry.isDirectory()) onFile(inside);
      else if (this.#options.enters(entry.name)) this.#enter(inside, onFile);
    }
  }

  #happened(event: "rename" | "change", file: string): void {
    const { onChange, onError } = this.#options;
    onChange(file);
    if (event !== "rename") return;
    this.#leave(file);
    try {
      if (this.#isEntered(file)) this.#enter(file, onChange);
    } catch (error) {
      // It is gone again: that is an event, too.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") onError(error);
    }
  }

  #isEntered(file: string): boolean {
    const name = file.slice(file.lastIndexOf(sep) + 1);
    const found = lstatSync(join(this.#root, file), { throwIfNoEntry: false });
    return found?.isDirectory() === true && this.#options.enters(name);
  }

  /** Something else may have this name now. */
  #leave(directory: string): void {
    for (const [known, watcher] of this.#watchers) {
      if (known !== directory && !known.startsWith(directory + sep)) continue;
      watcher.close();
      this.#watchers.delete(known);
    }
  }
}
