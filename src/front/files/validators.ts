import type { HeaderPair } from "../../codec/response-head.ts";

/** What the disk says about a file. */
export interface FileFacts {
  readonly size: number;
  /** Milliseconds since 1970, with fractions. */
  readonly mtimeMs: number;
}

/** What tells one state of a file from another. */
export interface Validators {
  /** Strong, with its quotes. */
  readonly etag: string;
  /** Whole seconds, in milliseconds since 1970. */
  readonly lastModifiedMs: number;
}

const SECOND_MS = 1000;
const RADIX = 36;

/**
 * The entity tag is made of the time of the last change, to the microsecond, and the size: it is the same from one process to the next.
 *
 * @param coding - How this form of the file is compressed: each has a tag of its own. @defaultValue not at all
 * @param nowMs - A file that claims to come from the future is dated now.
 */
export function validatorsOf({ size, mtimeMs }: FileFacts, nowMs: number, coding?: string): Validators {
  const version = `${Math.round(mtimeMs * SECOND_MS).toString(RADIX)}-${size.toString(RADIX)}`;
  return {
    etag: coding === undefined ? `"${version}"` : `"${version}-${coding}"`,
    lastModifiedMs: Math.floor(Math.min(mtimeMs, nowMs) / SECOND_MS) * SECOND_MS,
  };
}

/** The fields that tell a client the validators. */
export function validatorFields({ etag, lastModifiedMs }: Validators): HeaderPair[] {
  return [
    ["Last-Modified", new Date(lastModifiedMs).toUTCString()],
    ["ETag", etag],
  ];
}
