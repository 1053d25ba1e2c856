import { randomFillSync } from "node:crypto";

const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-.*)?$/;
const ALL_ZERO = /^0+$/;

/**
 * The trace id in a `traceparent` field.
 *
 * @returns 32 hexadecimal digits in lower case; empty: the value is not valid.
 * @see W3C Trace Context, section 3.2
 */
export function traceIdOf(value: string): string {
  const [, version, traceId = "", parentId = "", more] = TRACEPARENT.exec(value) ?? [];
  if (version === undefined || version === "ff" || ALL_ZERO.test(traceId) || ALL_ZERO.test(parentId))
    return "";
  // Later versions may have more behind the flags, the first one has not.
  return version === "00" && more !== undefined ? "" : traceId;
}

/** Begin a trace. Nothing is recorded here, so its flags say that it was not sampled. */
export function createTraceparent(): string {
  return `00-${nonZero(16)}-${nonZero(8)}-00`;
}

/** Random bytes for many ids: asking for a few at a time costs more than all the rest of a trace. */
const stock = Buffer.alloc(4096);
let used = stock.length;

function nonZero(bytes: number): string {
  for (;;) {
    if (used + bytes > stock.length) {
      randomFillSync(stock);
      used = 0;
    }
    const id = stock.toString("hex", used, used + bytes);
    used += bytes;
    if (!ALL_ZERO.test(id)) return id;
  }
}
