import type { HeaderPair } from "../../codec/response-head.ts";
import type { ByteRange } from "./byte-ranges.ts";
import type { Validators } from "./conditions.ts";
import type { ContentCoding } from "./content-coding.ts";

/** What the disk says about a file. */
export interface FileFacts {
  readonly size: number;
  /** Milliseconds since 1970, with fractions. */
  readonly mtimeMs: number;
}

/** What all forms of a file have in common. */
export interface FileTraits {
  readonly contentType: string;
  readonly cacheControl: string | undefined;
  /** There are compressed forms: caches have to know that the answer depends on Accept-Encoding. */
  readonly varies: boolean;
}

/** One form of a file, plain or compressed, as HTTP sees it. */
export interface Representation extends Validators {
  readonly size: number;
  readonly contentType: string;
  /** Fields of every answer that stands for this form, a 304 included. */
  readonly validatorHeaders: readonly HeaderPair[];
  /** Fields that describe a body, without its type and length. */
  readonly contentHeaders: readonly HeaderPair[];
  /** All fields of a 200. */
  readonly headers: readonly HeaderPair[];
  /** All of it, as a part: none of an empty file. */
  readonly whole: readonly ByteRange[];
}

const SECOND_MS = 1000;
const RADIX = 36;

/**
 * Describe a form of a file. Its entity tag is made of the time of the last change, to the microsecond, and the size: it is the same from one
 * process to the next, and another one for each coding.
 *
 * @param nowMs - A file that claims to come from the future is dated now.
 */
export function describe(
  { size, mtimeMs }: FileFacts,
  coding: ContentCoding | undefined,
  { traits, nowMs }: { traits: FileTraits; nowMs: number },
): Representation {
  const { contentType, cacheControl, varies } = traits;
  const version = `${Math.round(mtimeMs * SECOND_MS).toString(RADIX)}-${size.toString(RADIX)}`;
  const etag = coding === undefined ? `"${version}"` : `"${version}-${coding}"`;
  const lastModifiedMs = Math.floor(Math.min(mtimeMs, nowMs) / SECOND_MS) * SECOND_MS;
  const validatorHeaders: HeaderPair[] = [
    ["Last-Modified", new Date(lastModifiedMs).toUTCString()],
    ["ETag", etag],
  ];
  if (cacheControl !== undefined) validatorHeaders.push(["Cache-Control", cacheControl]);
  if (varies) validatorHeaders.push(["Vary", "Accept-Encoding"]);
  const contentHeaders: HeaderPair[] = [
    ["Accept-Ranges", "bytes"],
    ["X-Content-Type-Options", "nosniff"],
  ];
  if (coding !== undefined) contentHeaders.push(["Content-Encoding", coding]);
  const headers: HeaderPair[] = [
    ["Content-Type", contentType],
    ["Content-Length", String(size)],
    ...validatorHeaders,
    ...contentHeaders,
  ];
  const whole = size === 0 ? [] : [{ offset: 0, length: size }];
  return { size, whole, etag, lastModifiedMs, contentType, validatorHeaders, contentHeaders, headers };
}
