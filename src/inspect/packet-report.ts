import type { Packet } from "../codec/packet.ts";
import { varsSize } from "../codec/vars.ts";
import { annotatedDump, dumpAround } from "./hex-dump.ts";
import { isRequest, modifierName } from "./modifier-names.ts";
import type { BrokenPacket, ScanEvent, ScannedPacket } from "./packet-scanner.ts";
import { printable } from "./printable.ts";
import { count } from "./quantities.ts";
import { shownValue } from "./secrets.ts";
import { UWSGI_BUFFER_SIZE, UWSGI_MAX_VARS } from "./silent-close.ts";

/** What a report shows. */
export interface ReportOptions {
  /** Values of cookies and credentials as they are. */
  readonly showSecrets: boolean;
  /** The packet in hexadecimal as well. */
  readonly hex: boolean;
}

const MAX_NAME_COLUMN = 40;

/**
 * What was found in a stream, as lines for a person; nothing for a broken packet, which {@link brokenReport}
 * tells of.
 */
export function packetReport(event: ScanEvent, options: ReportOptions): string[] {
  switch (event.type) {
    case "packet":
      return foundReport(event.found, options);
    case "body":
      return [`  ${bodyLine(event.found, event.bodyBytes)}`, ""];
    case "broken":
      return [];
  }
}

/** Where a packet is broken: the bytes around the place, with a mark. The error itself says what is wrong. */
export function brokenReport(
  { number, offset, error, bytes }: BrokenPacket,
  options: ReportOptions,
): string[] {
  const place = offset === 0 ? "" : `, byte ${offset + error.offset} of the input`;
  const isOther = error.code === "UWB_ERR_NOT_UWSGI";
  return [
    `packet ${number} begins at byte ${offset} of the input and is broken at its byte ${error.offset}${place}:`,
    ...dumpAround(bytes, error.offset, { ...options, ...(isOther ? { rows: 0 } : {}) }).map(
      (line) => `  ${line}`,
    ),
    ...(bytes.length > 2 && error.code === "UWB_ERR_PACKET_TRUNCATED" ? [truncation(bytes)] : []),
  ];
}

/** A line per var: its bytes on the wire, its name, its value. */
export function varTable(vars: Packet["vars"], showSecrets: boolean): string[] {
  const names = vars.map(([name]) => printable(name));
  const width = Math.min(MAX_NAME_COLUMN, Math.max(...names.map(({ length }) => length)));
  return vars.map(([name, value], index) => {
    const size = String(varsSize([[name, value]])).padStart(5);
    return `${size}  ${(names[index] ?? "").padEnd(width)}  ${shownValue(name, value, showSecrets)}`.trimEnd();
  });
}

function foundReport({ number, offset, packet, bytes }: ScannedPacket, options: ReportOptions): string[] {
  const { modifier1, modifier2, vars } = packet;
  const [first, low, high, last] = Array.from(bytes.subarray(0, 4), (byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  const table =
    vars.length === 0 ? [] : ["", "  bytes  var", ...indented(varTable(vars, options.showSecrets))];
  const dump = options.hex ? ["", ...indented(annotatedDump(bytes, options.showSecrets))] : [];
  return [
    `packet ${number}, at byte ${offset}: ${count(bytes.length, "byte")}`,
    "",
    `  ${first}     modifier1  ${modifier1}: ${modifierName(modifier1)}`,
    `  ${low} ${high}  datasize   ${count(varsSize(vars), "byte")} (low byte first), ${count(vars.length, "var")}`,
    `  ${last}     modifier2  ${modifier2}`,
    ...table,
    ...dump,
    "",
    ...notes(packet).map((note) => `  note: ${note}`),
  ];
}

function bodyLine({ packet, bodyLength }: ScannedPacket, bodyBytes: number): string {
  if (bodyLength === undefined) {
    return `${count(bodyBytes, "byte")} of body follow; CONTENT_LENGTH does not say how many, so all the rest counts as body`;
  }
  if (bodyLength === 0) return isRequest(packet.modifier1) ? "no body follows" : "nothing follows";
  if (bodyBytes === bodyLength) return `${count(bodyBytes, "byte")} of body follow, as CONTENT_LENGTH says`;
  return `only ${bodyBytes} of the ${count(bodyLength, "byte")} of body follow that CONTENT_LENGTH announces`;
}

/** What a reader of the packet may stumble over. */
function notes({ vars }: Packet): string[] {
  const found: string[] = [];
  const size = varsSize(vars);
  if (size > UWSGI_BUFFER_SIZE)
    found.push(
      `uWSGI refuses more than ${UWSGI_BUFFER_SIZE} bytes of vars, unless started with --buffer-size`,
    );
  if (vars.length > UWSGI_MAX_VARS)
    found.push(`uWSGI refuses more than ${UWSGI_MAX_VARS} vars, unless started with --max-vars`);
  const names = vars.map(([name]) => name);
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  if (repeated.length > 0) found.push(`more than once: ${repeated.map(printable).join(", ")}`);
  return found;
}

function truncation(bytes: Buffer): string {
  const announced = bytes.readUInt16LE(1);
  const there = Math.max(0, bytes.length - 4);
  return `  its header announces ${count(announced, "byte")} of vars, and ${count(there, "byte")} of them are there`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
