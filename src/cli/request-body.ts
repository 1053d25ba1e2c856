import { createReadStream, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { ConfigError } from "../errors.ts";
import type { CliIo } from "./io.ts";

/** A body that is sent while it is read. */
export interface Upload {
  readonly size: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Read the values of `--data`: a text, `@file`, or `@-` for standard input. Several are joined with `&`, as
 * the fields of a form are.
 *
 * @throws {@link ConfigError} when a file can not be read.
 */
export async function readData(values: readonly string[], io: CliIo): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const value of values) {
    if (parts.length > 0) parts.push(Buffer.from("&"));
    parts.push(await readValue(value, io));
  }
  return Buffer.concat(parts);
}

/**
 * Open a file to be sent. Its size is announced, so it has to be known: a pipe will not do.
 *
 * @throws {@link ConfigError} when there is no such file, or it is not a regular one.
 */
export function openUpload(file: string, io: CliIo): Upload {
  if (file === "-")
    throw new ConfigError("uploadFile", "standard input has no size to announce; use --data @-");
  const path = resolve(io.cwd, file);
  const stats = readable("uploadFile", () => statSync(path));
  if (!stats.isFile())
    throw new ConfigError("uploadFile", `${file} is no regular file, so it has no size to announce`);
  return { size: stats.size, body: exactly(path, stats.size) };
}

async function readValue(value: string, io: CliIo): Promise<Buffer> {
  if (!value.startsWith("@")) return Buffer.from(value);
  if (value === "@-") return buffer(io.stdin);
  return readable("data", () => readFileSync(resolve(io.cwd, value.slice(1))));
}

/**
 * A file that grows meanwhile is cut at its size; one that shrinks is an error, because the server would wait
 * for the rest.
 */
async function* exactly(path: string, size: number): AsyncGenerator<Uint8Array> {
  if (size === 0) return;
  let sent = 0;
  for await (const block of createReadStream(path, { end: size - 1 }) as AsyncIterable<Buffer>) {
    sent += block.length;
    yield block;
  }
  if (sent < size) throw new Error(`${path} had ${size} bytes, and now has ${sent}`);
}

function readable<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ConfigError(option, error instanceof Error ? error.message : String(error), "UWB_ERR_CONFIG", {
      cause: error,
    });
  }
}
