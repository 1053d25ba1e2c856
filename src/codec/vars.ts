import { ProtocolError, UsageError } from "../errors.ts";
import { HEADER_BYTES, LENGTH_BYTES, MAX_DATASIZE } from "./constants.ts";

/**
 * Request variables in wire order. Duplicate keys are kept: deciding which one
 * wins is the gateway's business, not the codec's.
 */
export type Vars = readonly (readonly [key: string, value: string])[];

const NOT_LATIN1 = /[\u0100-\uffff]/;

/** The lengths that occur nearly always, as they stand on the wire. */
const SHORT_LENGTHS = Array.from({ length: 1024 }, (_, length) =>
  String.fromCharCode(length & 0xff, length >> 8),
);

/**
 * Encode request variables as one uwsgi vars block.
 *
 * Wire shape, repeated once per pair:
 * `keySize:uint16le, key, valueSize:uint16le, value`. Strings are latin-1, one
 * byte per character, as PEP 3333 asks of a WSGI environ.
 *
 * @param vars - Pairs to write, in order. Keys must not be empty.
 * @returns The block without the 4-byte packet header; 0 to 65 535 bytes.
 * @throws {@link UsageError} `UWB_ERR_VALUE_NOT_LATIN1` when a character is above
 *   U+00FF, `UWB_ERR_VARS_TOO_LARGE` when the block would not fit in `datasize`,
 *   `UWB_ERR_VARS_MALFORMED` when a key is empty.
 * @see protocol/README.md, "Vars"
 *
 * @example
 * encodeVars([["A", "bc"]]); // 01 00 41 02 00 62 63
 */
export function encodeVars(vars: Vars): Uint8Array {
  return Buffer.from(varsText(vars), "latin1");
}

/**
 * The block of {@link encodeVars} as a string of one character per byte, for callers that write it
 * with the encoding `latin1`: one string and one write cost less than a buffer per packet.
 */
export function varsText(vars: Vars): string {
  let text = "";
  for (let index = 0; index < vars.length; index += 1) {
    const [key, value] = vars[index] as Vars[number];
    if (key === "") throw new UsageError("UWB_ERR_VARS_MALFORMED", "a var needs a non-empty key");
    text += lengthText(key.length) + key + lengthText(value.length) + value;
  }
  if (text.length > MAX_DATASIZE) {
    throw new UsageError(
      "UWB_ERR_VARS_TOO_LARGE",
      `vars need ${text.length} bytes, a packet holds ${MAX_DATASIZE}`,
    );
  }
  if (NOT_LATIN1.test(text)) refuseWideCharacter(vars);
  return text;
}

/** Bytes the pairs would take on the wire, without building them. */
export function varsSize(vars: Vars): number {
  let size = 0;
  for (const [key, value] of vars) size += LENGTH_BYTES + key.length + LENGTH_BYTES + value.length;
  return size;
}

/** A uint16 little-endian as two characters. Lengths past 65 535 never leave: the size check above sees them. */
export function lengthText(length: number): string {
  return SHORT_LENGTHS[length] ?? String.fromCharCode(length & 0xff, (length >> 8) & 0xff);
}

/** Slow, to find the var to blame: called once it is known that there is one. */
function refuseWideCharacter(vars: Vars): void {
  for (const [key, value] of vars) {
    if (!NOT_LATIN1.test(key + value)) continue;
    throw new UsageError(
      "UWB_ERR_VALUE_NOT_LATIN1",
      `var ${JSON.stringify(key)} has a character above U+00FF; encode it to UTF-8 bytes first`,
    );
  }
}

/**
 * Decode one whole vars block.
 *
 * @param block - Exactly the `datasize` bytes after the packet header.
 * @param maxVars - Refuse a block with more pairs. uWSGI's default is 128.
 * @throws {@link ProtocolError} `UWB_ERR_VARS_MALFORMED` when a length points past the block, bytes are
 *   left over or a key is empty; `UWB_ERR_VARS_TOO_MANY` (431) past `maxVars`. The offset counts from the
 *   start of the packet, so it includes the 4 bytes of its header.
 * @see protocol/README.md, "Vars"
 */
export function decodeVars(block: Uint8Array, maxVars: number = Number.POSITIVE_INFINITY): Vars {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  return decodeVarsText(bytes.toString("latin1"), maxVars);
}

/**
 * {@link decodeVars} for a block that is already a string of one character per byte: one native call for the whole block, then
 * slices that share its memory. A call per var costs three times as much.
 */
export function decodeVarsText(text: string, maxVars: number): Vars {
  const end = text.length;
  const vars: [string, string][] = [];
  let offset = 0;
  while (offset < end) {
    const keyStart = offset + LENGTH_BYTES;
    const keyEnd = keyStart + lengthAt(text, offset);
    const valueStart = keyEnd + LENGTH_BYTES;
    if (keyEnd > end) throw malformed("a key reaches past the vars block", offset);
    if (keyEnd === keyStart) throw malformed("a key is empty", offset);
    if (valueStart > end) throw malformed("a key has no value", keyEnd);
    const valueEnd = valueStart + lengthAt(text, keyEnd);
    if (valueEnd > end) throw malformed("a value reaches past the vars block", keyEnd);
    if (vars.length >= maxVars) {
      throw new ProtocolError("UWB_ERR_VARS_TOO_MANY", `more than ${maxVars} vars`, {
        offset: HEADER_BYTES + offset,
        statusHint: 431,
      });
    }
    vars.push([text.slice(keyStart, keyEnd), text.slice(valueStart, valueEnd)]);
    offset = valueEnd;
  }
  return vars;
}

/** The uint16 little-endian at `offset`. A byte past the end counts as 0, and the caller's bounds refuse the result. */
function lengthAt(text: string, offset: number): number {
  return text.charCodeAt(offset) | (text.charCodeAt(offset + 1) << 8);
}

function malformed(message: string, offset: number): ProtocolError {
  return new ProtocolError("UWB_ERR_VARS_MALFORMED", message, { offset: HEADER_BYTES + offset });
}
