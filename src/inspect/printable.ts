const PLAIN = /^[\u0020-\u005b\u005d-\u007e]*$/;
/**
 * Control and format characters (a terminal obeys the former, the latter reorder text), what is unassigned,
 * and the backslash.
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\\]/gu;
const NOT_ASCII = /[^\u0020-\u007e]|\\/g;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Text of a peer, safe to show on a terminal: whatever the terminal would obey instead of show becomes
 * `\xNN`, and a backslash `\\`.
 *
 * @param bytes - A character per byte. Valid UTF-8 is shown as the characters it stands for, otherwise every
 *   byte above 127 is escaped.
 *
 * @example
 * printable("a\u001b[2J"); // a\x1b[2J
 */
export function printable(bytes: string): string {
  if (PLAIN.test(bytes)) return bytes;
  const text = decodeUtf8(bytes);
  return text === undefined
    ? bytes.replace(NOT_ASCII, escapeByte)
    : text.replace(UNPRINTABLE, escapeCharacter);
}

/** A byte as a column of a hex dump shows it: itself, or a dot. */
export function printableByte(byte: number): string {
  return byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : ".";
}

function decodeUtf8(bytes: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return undefined;
  }
}

function escapeCharacter(character: string): string {
  return character === "\\" ? "\\\\" : Array.from(Buffer.from(character), hexEscape).join("");
}

function escapeByte(character: string): string {
  return character === "\\" ? "\\\\" : hexEscape(character.charCodeAt(0));
}

function hexEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
