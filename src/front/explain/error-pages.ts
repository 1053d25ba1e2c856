import { readFileSync, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { ConfigError } from "../../errors.ts";
import type { Logger } from "../../log.ts";
import { mediaType } from "../static/media-types.ts";
import type { Page } from "./error-answer.ts";

interface PageFile {
  readonly path: string;
  page: Page;
  /** What tells a changed file. */
  mark: string;
  checkedAtMs: number;
  isMissing: boolean;
}

/** A file is compared with the disk at most this often. */
const CHECK_MS = 1000;
const MAX_BYTES = 1024 * 1024;

/** The pages that take the place of the front's own, by status or by class of statuses. */
export class ErrorPages {
  readonly #files = new Map<string, PageFile>();
  readonly #log: Logger;

  /**
   * @param paths - `{ "404": "./404.html", "5xx": "./sorry.html" }`
   * @throws {@link ConfigError} when a file can not be read.
   */
  constructor(paths: Readonly<Record<string, string>>, log: Logger) {
    this.#log = log;
    for (const [status, path] of Object.entries(paths)) this.#files.set(status, openPage(status, path));
  }

  /** The page as it last was on the disk. One that has changed is read for whoever comes next: nobody waits for it. */
  pageFor(status: number, nowMs: number = performance.now()): Page | undefined {
    const file = this.#files.get(String(status)) ?? this.#files.get(`${Math.trunc(status / 100)}xx`);
    if (!file) return undefined;
    if (nowMs - file.checkedAtMs >= CHECK_MS) {
      file.checkedAtMs = nowMs;
      void this.#refresh(file);
    }
    return file.page;
  }

  async #refresh(file: PageFile): Promise<void> {
    const { path } = file;
    try {
      const { mtimeMs, size } = await stat(path);
      const mark = markOf(mtimeMs, size);
      file.isMissing = false;
      if (mark === file.mark) return;
      const bytes = await readFile(path);
      file.mark = mark;
      file.page = { ...file.page, text: bytes.toString("latin1") };
    } catch (error) {
      if (file.isMissing) return;
      file.isMissing = true;
      const { code: errno } = error as NodeJS.ErrnoException;
      this.#log.warn({ path, errno }, "an error page can not be read: the one that was read before is sent");
    }
  }
}

function openPage(status: string, path: string): PageFile {
  try {
    const { mtimeMs, size } = statSync(path);
    if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, at most ${MAX_BYTES} are taken`);
    const text = readFileSync(path, "latin1");
    const page = { text, contentType: mediaType(path) };
    return { path, page, mark: markOf(mtimeMs, size), checkedAtMs: performance.now(), isMissing: false };
  } catch (error) {
    const why = (error as Error).message;
    const message = `the error page for ${status} can not be read: ${path}: ${why}`;
    throw new ConfigError("errorPages", message, "UWB_ERR_CONFIG", { cause: error });
  }
}

function markOf(mtimeMs: number, size: number): string {
  return `${mtimeMs} ${size}`;
}
