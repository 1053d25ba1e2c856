import { parseHttpDate } from "./http-date.ts";
import type { Validators } from "./validators.ts";

/** The fields of a request that decide which form of a file is sent, and how much of it. */
export interface Conditions {
  acceptEncoding?: string;
  ifMatch?: string;
  ifNoneMatch?: string;
  ifModifiedSince?: string;
  ifUnmodifiedSince?: string;
  ifRange?: string;
  range?: string;
}

const FIELDS = new Map<string, keyof Conditions>([
  ["HTTP_ACCEPT_ENCODING", "acceptEncoding"],
  ["HTTP_IF_MATCH", "ifMatch"],
  ["HTTP_IF_NONE_MATCH", "ifNoneMatch"],
  ["HTTP_IF_MODIFIED_SINCE", "ifModifiedSince"],
  ["HTTP_IF_UNMODIFIED_SINCE", "ifUnmodifiedSince"],
  ["HTTP_IF_RANGE", "ifRange"],
  ["HTTP_RANGE", "range"],
]);

/** Pick the conditions out of the header vars of a request. */
export function readConditions(headerVars: readonly (readonly [name: string, value: string])[]): Conditions {
  const conditions: Conditions = {};
  for (const [name, value] of headerVars) {
    const field = FIELDS.get(name);
    if (field !== undefined) conditions[field] = value;
  }
  return conditions;
}

/**
 * Weigh the preconditions of a GET or HEAD, in the order the standard gives them.
 *
 * @returns The status to answer with: 200 stands for the file, or the part of it that is asked for.
 * @see RFC 9110 section 13.2.2
 */
export function preconditionStatus(
  conditions: Conditions,
  validators: Validators,
  nowMs: number,
): 200 | 304 | 412 {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  const { etag, lastModifiedMs } = validators;
  if (ifMatch !== undefined) {
    if (!listsTag(ifMatch, etag, "strong")) return 412;
  } else if (ifUnmodifiedSince !== undefined) {
    const date = parseHttpDate(ifUnmodifiedSince, nowMs);
    if (date !== undefined && lastModifiedMs > date) return 412;
  }
  if (ifNoneMatch !== undefined) return listsTag(ifNoneMatch, etag, "weak") ? 304 : 200;
  if (ifModifiedSince === undefined) return 200;
  const date = parseHttpDate(ifModifiedSince, nowMs);
  return date !== undefined && lastModifiedMs <= date ? 304 : 200;
}

/**
 * Whether the parts that a client has are parts of the file as it is now: otherwise its Range is ignored. A date proves it only when the
 * file could not have changed again within the second it names.
 *
 * @see RFC 9110 section 13.1.5
 */
export function isRangeCurrent(
  ifRange: string | undefined,
  { etag, lastModifiedMs }: Validators,
  nowMs: number,
): boolean {
  if (ifRange === undefined || ifRange === etag) return true;
  return parseHttpDate(ifRange, nowMs) === lastModifiedMs && nowMs - lastModifiedMs >= STRONG_DATE_MS;
}

const STRONG_DATE_MS = 1000;
const TAG = /[ \t,]*((?:W\/)?"[!#-~\x80-\xff]*")[ \t]*(?:,|$)/y;

/** Whether a list of entity tags, or `*`, holds this one, which is strong. */
function listsTag(list: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (list === "*") return true;
  TAG.lastIndex = 0;
  for (let found = TAG.exec(list); found !== null; found = TAG.exec(list)) {
    const [, tag = ""] = found;
    if (tag === etag || (comparison === "weak" && tag === `W/${etag}`)) return true;
  }
  return false;
}
