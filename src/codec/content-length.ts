const LENGTH = /^[0-9]{1,15}$/;

/**
 * Read a body length: 1 to 15 decimal digits, so that it is exact in a double and means the same to everybody.
 *
 * @returns The number of bytes, or `undefined` when the text is anything else. `Number` and `parseInt` would
 *   both accept `0x10`, `3abc` or an empty string, and the rest of the body would become the next request.
 */
export function parseLength(text: string): number | undefined {
  return LENGTH.test(text) ? Number(text) : undefined;
}
