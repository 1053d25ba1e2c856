import { close, closeSync, constants, fstatSync, openSync, stat, write, writeSync } from "node:fs";
import { countLines, type LogDestination, PIPE_WRITE_BYTES, type WriteFailure } from "./log-destination.ts";

const FILE_WRITE_BYTES = 65_536;
/** Somebody reads the pipe too slowly: it is asked again after this time. */
const RETRY_MS = 25;
/** How often it is looked whether the file still stands under its name. */
const CHECK_MS = 1000;
const { O_APPEND, O_CREAT, O_NONBLOCK, O_RDWR, O_WRONLY } = constants;
const MODE = 0o640;

type Done = (failure?: WriteFailure) => void;

/**
 * Lines for a file, or for a named pipe. A write waits in a thread of its own, and a pipe that is full is tried again later, so that nobody
 * else waits. A file that was renamed or removed is opened anew within a second, as rotation wants it.
 */
export class FileDestination implements LogDestination {
  readonly maxWriteBytes: number;
  /** `undefined`: the descriptor is somebody else's. */
  readonly #path: string | undefined;
  #fd: number;
  #inode: number;
  #checkedAtMs = 0;
  #isTorn = false;
  #retry: NodeJS.Timeout | undefined;
  #isWriting = false;
  #isClosed = false;

  /**
   * @param file - A path, or an open descriptor that is left open.
   * @throws what the system says when it can not be opened.
   */
  constructor(file: string | number) {
    this.#path = typeof file === "string" ? file : undefined;
    this.#fd = typeof file === "string" ? open(file) : file;
    const stats = fstatSync(this.#fd);
    this.#inode = stats.ino;
    this.maxWriteBytes = stats.isFile() ? FILE_WRITE_BYTES : PIPE_WRITE_BYTES;
  }

  write(text: string, done: Done): void {
    this.#follow();
    // What stands there ends inside a line.
    this.#write(Buffer.from(this.#isTorn ? `\n${text}` : text, "latin1"), done);
  }

  close(text: string): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    try {
      if (text !== "") writeSync(this.#fd, text, null, "latin1");
    } catch {
      // A pipe that nobody reads, or a full disk: there is nobody left to tell.
    }
    // A thread that still writes must not find another file behind the number.
    if (!this.#isWriting) this.#closeFile();
  }

  #write(bytes: Buffer, done: Done): void {
    this.#isWriting = true;
    write(this.#fd, bytes, 0, bytes.length, null, (error, written) => {
      this.#isWriting = false;
      if (this.#isClosed) {
        this.#closeFile();
        return;
      }
      if (error?.code === "EAGAIN") {
        this.#retry = setTimeout(() => this.#write(bytes, done), RETRY_MS).unref();
        return;
      }
      if (error) {
        done({ error, lostLines: countLines(bytes.toString("latin1")) });
        return;
      }
      this.#isTorn = written > 0 ? bytes[written - 1] !== 0x0a : this.#isTorn;
      if (written < bytes.length) this.#write(bytes.subarray(written), done);
      else done();
    });
  }

  #closeFile(): void {
    if (this.#path !== undefined) closeSync(this.#fd);
  }

  /** Look, now and then, whether the file is still the one of its name. */
  #follow(): void {
    const path = this.#path;
    const now = performance.now();
    if (path === undefined || now - this.#checkedAtMs < CHECK_MS) return;
    this.#checkedAtMs = now;
    stat(path, (error, stats) => {
      if (this.#isClosed || (error ? error.code !== "ENOENT" : stats.ino === this.#inode)) return;
      this.#reopen(path);
    });
  }

  #reopen(path: string): void {
    try {
      const fd = open(path);
      const old = this.#fd;
      this.#fd = fd;
      this.#inode = fstatSync(fd).ino;
      this.#isTorn = false;
      // A write may still be on its way there.
      setTimeout(() => close(old, () => undefined), CHECK_MS).unref();
    } catch {
      // The old one goes on; it is looked at again in a second.
    }
  }
}

function open(path: string): number {
  try {
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, MODE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
    // A named pipe without a reader: held at both ends, it takes what there is room for until one comes.
    return openSync(path, O_RDWR | O_NONBLOCK);
  }
}
