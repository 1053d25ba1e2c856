import { modifierName } from "./modifier-names.ts";
import { type PacketField, packetFields, secretBytes } from "./packet-fields.ts";
import { printableByte } from "./printable.ts";
import { count } from "./quantities.ts";

const ROW_BYTES = 16;
const HEX_COLUMNS = ROW_BYTES * 3 - 1;
const OFFSET_DIGITS = 5;

/** Bytes and which of them are hidden. */
interface Masked {
  readonly bytes: Buffer;
  readonly marks: Uint8Array;
}

/**
 * A packet in hexadecimal, a line per field with what it means.
 *
 * @param packet - Header and vars block.
 * @param showSecrets - False: the values of cookies and credentials are `**`.
 */
export function annotatedDump(packet: Buffer, showSecrets: boolean): string[] {
  return packetFields(packet).flatMap((field) => fieldLines(field, showSecrets));
}

/**
 * The bytes around a place, sixteen to a line, and a line that points at it.
 *
 * @param packet - From its first byte; may be broken or cut.
 * @param offset - The place, counted from there; its length is that of a packet cut too early.
 * @param options - `rows`: lines before and after the one that holds the place. @defaultValue 1
 */
export function dumpAround(
  packet: Buffer,
  offset: number,
  options: { readonly showSecrets: boolean; readonly rows?: number },
): string[] {
  const rows = options.rows ?? 1;
  const marks = options.showSecrets ? new Uint8Array(packet.length) : secretBytes(packet);
  const rowOfPlace = Math.floor(offset / ROW_BYTES);
  const lines: string[] = [];
  for (let row = Math.max(0, rowOfPlace - rows); row <= rowOfPlace + rows; row += 1) {
    const start = row * ROW_BYTES;
    const bytes = packet.subarray(start, start + ROW_BYTES);
    const part = { bytes, marks: marks.subarray(start, start + ROW_BYTES) };
    if (bytes.length > 0) lines.push(`${address(start)}  ${hex(part).padEnd(HEX_COLUMNS)}  ${text(part)}`);
    if (row === rowOfPlace) {
      const what = offset < packet.length ? `byte ${offset}` : `byte ${offset}, where the input ends`;
      lines.push(`${" ".repeat(OFFSET_DIGITS + 2 + (offset - start) * 3)}^^ ${what}`);
    }
  }
  return lines;
}

function fieldLines(field: PacketField, showSecrets: boolean): string[] {
  const marks = new Uint8Array(field.bytes.length).fill(field.isSecret && !showSecrets ? 1 : 0);
  const lines: string[] = [];
  for (let start = 0; start < field.bytes.length; start += ROW_BYTES) {
    const bytes = field.bytes.subarray(start, start + ROW_BYTES);
    const part = { bytes, marks: marks.subarray(start, start + ROW_BYTES) };
    const meaning = field.kind === "name" || field.kind === "value" ? text(part) : explain(field);
    lines.push(`${address(field.offset + start)}  ${hex(part).padEnd(HEX_COLUMNS)}  ${meaning}`);
  }
  return lines;
}

function explain({ kind, number }: PacketField): string {
  switch (kind) {
    case "modifier1":
      return `modifier1 ${number}: ${modifierName(number)}`;
    case "datasize":
      return `datasize ${number}, low byte first`;
    case "modifier2":
      return `modifier2 ${number}`;
    case "name-length":
      return `name of ${count(number, "byte")}`;
    case "value-length":
      return `  value of ${count(number, "byte")}`;
    case "name":
    case "value":
      return "";
  }
}

function address(offset: number): string {
  return offset.toString(16).padStart(OFFSET_DIGITS, "0");
}

function hex({ bytes, marks }: Masked): string {
  return Array.from(bytes, (byte, index) =>
    marks[index] === 1 ? "**" : byte.toString(16).padStart(2, "0"),
  ).join(" ");
}

function text({ bytes, marks }: Masked): string {
  return Array.from(bytes, (byte, index) => (marks[index] === 1 ? "*" : printableByte(byte))).join("");
}
