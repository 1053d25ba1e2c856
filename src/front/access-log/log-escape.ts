/** Anything that could end a quoted field or a line, or be read in two ways. */
const UNSAFE_IN_TEXT = /[^ !#-[\]-~]/;
const ALL_UNSAFE_IN_TEXT = /[^ !#-[\]-~]/g;

/**
 * A value of a client for a line of text: quotes, backslashes, control characters and bytes above ASCII as `\xHH`, as nginx writes them.
 *
 * @param text - A character per byte.
 */
export function escapeText(text: string): string {
  return UNSAFE_IN_TEXT.test(text) ? text.replace(ALL_UNSAFE_IN_TEXT, textEscape) : text;
}

/**
 * A value of a client for a string of JSON, without its quotes. All of it is ASCII: a byte above that is written as the character of the same
 * number, so that the line is valid whatever was sent.
 *
 * @param text - A character per byte.
 */
export function escapeJson(text: string): string {
  return UNSAFE_IN_TEXT.test(text) ? text.replace(ALL_UNSAFE_IN_TEXT, jsonEscape) : text;
}

function textEscape(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function jsonEscape(char: string): string {
  if (char === '"' || char === "\\") return `\\${char}`;
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
