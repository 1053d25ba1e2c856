import type { HeaderPair } from "../../codec/response-head.ts";
import { type Representation, wholeOf } from "../files/representation.ts";
import { type FileFacts, validatorFields, validatorsOf } from "../files/validators.ts";
import type { ContentCoding } from "./content-coding.ts";

/** What all forms of a file have in common. */
export interface FileTraits {
  readonly contentType: string;
  readonly cacheControl: string | undefined;
  /** There are compressed forms: caches have to know that the answer depends on Accept-Encoding. */
  readonly varies: boolean;
}

/**
 * Describe a form of a file.
 *
 * @param nowMs - A file that claims to come from the future is dated now.
 */
export function describeFile(
  facts: FileFacts,
  coding: ContentCoding | undefined,
  { traits, nowMs }: { traits: FileTraits; nowMs: number },
): Representation {
  const { size } = facts;
  const { contentType, cacheControl, varies } = traits;
  const validators = validatorsOf(facts, nowMs, coding);
  const validatorHeaders = validatorFields(validators);
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
  return {
    ...validators,
    size,
    contentType,
    validatorHeaders,
    contentHeaders,
    headers,
    whole: wholeOf(size),
  };
}
