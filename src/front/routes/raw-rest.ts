/**
 * What follows a prefix in the target of a request, as the client sent it, without the query.
 *
 * @param requestUri - In origin form, with valid escapes.
 * @param prefix - A prefix of its path, percent-decoded once, a character per byte.
 * @returns Empty, or from a slash on. The client may have spelt the prefix with escapes.
 */
export function rawRest(requestUri: string, prefix: string): string {
  let offset = 0;
  for (let decoded = 0; decoded < prefix.length; decoded += 1) {
    offset += requestUri.charCodeAt(offset) === PERCENT ? ESCAPE_LENGTH : 1;
  }
  const mark = requestUri.indexOf("?", offset);
  return requestUri.slice(offset, mark === -1 ? undefined : mark);
}

const PERCENT = 0x25;
const ESCAPE_LENGTH = 3;
