import type { HeaderPair } from "../../codec/response-head.ts";
import type { ByteRange } from "./byte-ranges.ts";
import type { Validators } from "./validators.ts";

/** A file, or a compressed form of it, as HTTP sees it. */
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

/** All bytes of a file of this size, as a part. */
export function wholeOf(size: number): readonly ByteRange[] {
  return size === 0 ? [] : [{ offset: 0, length: size }];
}
