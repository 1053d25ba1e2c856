import type { HeaderPair } from "./response-head.ts";

const CONTENT_TYPE = "content-type";
const EVENT_STREAM = /^text\/event-stream[\t ]*(?:;|$)/i;

/**
 * Whether a response carries server-sent events. They come whenever they happen: nobody may hold them back, and silence between them
 * means nothing.
 */
export function isEventStream(headers: readonly HeaderPair[]): boolean {
  for (const [name, value] of headers) {
    if (name.length === CONTENT_TYPE.length && name.toLowerCase() === CONTENT_TYPE)
      return EVENT_STREAM.test(value);
  }
  return false;
}
