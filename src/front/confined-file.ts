import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { ProtocolError } from "../errors.ts";
import { isBelow, type WantedFile } from "./offload-path.ts";

/** A regular file, open. Whoever has it closes it. */
export interface ConfinedFile {
  readonly handle: FileHandle;
  /** Bytes. */
  readonly size: number;
  readonly mtimeMs: number;
}

// Not to wait for a pipe's writer, and not to follow a link that has just taken the place of what was looked at.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
const ABSENT = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);

/**
 * Open a file that has to lie below one of these directories, links resolved. A directory may be a link itself, and may be missing.
 *
 * @throws {@link ProtocolError} `UWB_ERR_FILE_NOT_FOUND`, 404, or `UWB_ERR_FILE_FORBIDDEN`, 403.
 */
export async function openConfined({ roots, path }: WantedFile): Promise<ConfinedFile> {
  try {
    const realPath = await resolved(path);
    const realRoots = await Promise.all(roots.map((root) => resolved(root).catch(() => undefined)));
    if (!realRoots.some((root) => root !== undefined && isBelow(root, realPath)))
      throw forbidden("the file is in no directory that was configured");
    return await regularFile(await open(bytes(realPath), FLAGS));
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    if (!ABSENT.has(code)) throw forbidden(`the file can not be opened: ${code}`);
    throw new ProtocolError("UWB_ERR_FILE_NOT_FOUND", "there is no such file", {
      offset: 0,
      statusHint: 404,
    });
  }
}

/** What the client is told of a file it may not have. */
export function forbidden(reason: string): ProtocolError {
  return new ProtocolError("UWB_ERR_FILE_FORBIDDEN", reason, { offset: 0, statusHint: 403 });
}

async function regularFile(handle: FileHandle): Promise<ConfinedFile> {
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw forbidden("this is no regular file");
    return { handle, size: stats.size, mtimeMs: stats.mtimeMs };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function resolved(path: string): Promise<string> {
  return (await realpath(bytes(path), { encoding: "buffer" })).toString("latin1");
}

function bytes(path: string): Buffer {
  return Buffer.from(path, "latin1");
}
