import type { ServerResponse } from "node:http";
import { isEventStream } from "../../codec/event-stream.ts";

const CONTENT_TYPE = "content-type";
const BUFFERING = "X-Accel-Buffering";

/**
 * The headers argument of `writeHead`, with the field that keeps nginx from holding server-sent events back where the response is made of
 * them. One that the application has set itself stays as it is.
 *
 * @param headers - An object, a flat array, an array of pairs, or nothing.
 */
export function unbufferedEvents(response: ServerResponse, headers: unknown): unknown {
  const type = valueIn(headers, CONTENT_TYPE) ?? response.getHeader(CONTENT_TYPE);
  if (type === undefined || !isEventStream([[CONTENT_TYPE, String(type)]])) return headers;
  if (response.hasHeader(BUFFERING) || valueIn(headers, BUFFERING.toLowerCase()) !== undefined)
    return headers;
  if (headers === undefined) {
    response.setHeader(BUFFERING, "no");
    return undefined;
  }
  if (!Array.isArray(headers)) return { ...(headers as object), [BUFFERING]: "no" };
  return Array.isArray(headers[0]) ? [...headers, [BUFFERING, "no"]] : [...headers, BUFFERING, "no"];
}

/** @param wanted - In lower case. */
function valueIn(headers: unknown, wanted: string): unknown {
  if (headers === undefined) return undefined;
  const pairs = Array.isArray(headers) ? pairsOf(headers) : Object.entries(headers as object);
  return pairs.find(([name]) => String(name).toLowerCase() === wanted)?.[1];
}

function pairsOf(headers: readonly unknown[]): readonly (readonly unknown[])[] {
  if (Array.isArray(headers[0])) return headers as readonly unknown[][];
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1]]] : []));
}
