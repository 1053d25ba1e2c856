/**
 * Bytes as a person reads them: printable ASCII as it is, the rest as `\r`, `\n` or `\xff`, in quotes.
 *
 * @param maxBytes - Show so many, and say how many are left out. @defaultValue 240
 */
export function printableBytes(bytes: Uint8Array, maxBytes: number = 240): string {
  if (bytes.length === 0) return "no bytes";
  const shown = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, maxBytes));
  const text = shown.toString("latin1").replace(/[^\x20-\x7e]|["\\]/g, escaped);
  const more = bytes.length > maxBytes ? ` and ${bytes.length - maxBytes} bytes more` : "";
  return `"${text}"${more}`;
}

/** Text of the peer's making on one line of a terminal or a page: control characters, those above 0x7f included, as `\\xNN`. */
export function printableText(text: string): string {
  return text.replace(/\p{Cc}/gu, escaped);
}

const SHORT: Readonly<Record<string, string>> = {
  "\r": "\\r",
  "\n": "\\n",
  "\t": "\\t",
  '"': '\\"',
  "\\": "\\\\",
};

function escaped(character: string): string {
  return SHORT[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
