import { readFileSync, type Stats, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { ConfigError } from "../../errors.ts";
import type { Logger } from "../../log.ts";
import { parseAddressList } from "./address-list.ts";

const LOOK_EVERY_MS = 1000;
/** Lines that a log names. A file that is no list at all has nothing but faults. */
const MOST_NAMED = 10;

/**
 * The addresses in a file, read again when it was changed. It is looked at from time to time, which also sees a file that takes its place,
 * a link that points elsewhere, and a change on a disk of another machine. A file that can not be read, or has a line that is no address, changes
 * nothing: the log names it.
 */
export class WatchedList {
  readonly #file: string;
  readonly #log: Logger;
  readonly #onChange: () => void;
  readonly #timer: NodeJS.Timeout;
  #entries: readonly string[];
  /** Tells one state of the file from another; empty when it is not there. */
  #seen: string;
  #isLooking = false;
  #isClosed = false;

  /**
   * @param option - Named by the error.
   * @throws {@link ConfigError} when the file can not be read, or has a line that is no address.
   */
  constructor(file: string, option: string, { log, onChange }: { log: Logger; onChange: () => void }) {
    this.#file = file;
    this.#log = log;
    this.#onChange = onChange;
    // Before it is read: what changes while it is read is seen the next time.
    this.#seen = stampNow(file);
    this.#entries = readNow(file, option);
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  get entries(): readonly string[] {
    return this.#entries;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const stamp = await stat(this.#file).then(stampOf, () => "");
    if (stamp !== this.#seen) {
      this.#seen = stamp;
      await this.#read();
    }
    this.#isLooking = false;
  }

  async #read(): Promise<void> {
    try {
      const text = await readFile(this.#file, "utf8");
      if (!this.#isClosed) this.#take(text);
    } catch (error) {
      const fields = { err: error, file: this.#file };
      this.#log.warn(fields, "a list of addresses can not be read: the old one stays");
    }
  }

  #take(text: string): void {
    const { entries, faults } = parseAddressList(text);
    if (faults.length > 0) {
      const fields = { file: this.#file, lines: faults.slice(0, MOST_NAMED), faults: faults.length };
      this.#log.warn(fields, "a list of addresses has lines that are none: the old one stays");
      return;
    }
    this.#entries = entries;
    this.#log.info({ file: this.#file, entries: entries.length }, "a list of addresses was read again");
    this.#onChange();
  }
}

function stampOf({ mtimeMs, ino, size }: Stats): string {
  return `${mtimeMs} ${ino} ${size}`;
}

function stampNow(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? stampOf(found) : "";
}

function readNow(file: string, option: string): readonly string[] {
  const { entries, faults } = parseAddressList(textOf(file, option));
  if (faults.length === 0) return entries;
  const lines = faults.slice(0, MOST_NAMED).join(", ");
  throw new ConfigError(option, `${file}: no address or range such as 10.0.0.0/8 in line ${lines}`);
}

function textOf(file: string, option: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(option, `${file} can not be read: ${String(error)}`, undefined, { cause: error });
  }
}
