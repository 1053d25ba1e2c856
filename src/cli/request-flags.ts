import { type Command, InvalidArgumentError, Option } from "commander";
import { headerVar } from "../client/header-var.ts";
import type { RequestOptions } from "../client/request.ts";
import { collect, collectPair, parseCount, parseDuration } from "./flags.ts";
import { definedOnly } from "./front-flags.ts";
import type { CliIo } from "./io.ts";
import { openUpload, readData } from "./request-body.ts";

/** The flags of `request` as commander delivers them. */
export interface RequestFlags {
  readonly method?: string;
  readonly header?: HeaderFlag[];
  readonly var?: Record<string, string>;
  readonly unsetVar?: string[];
  readonly data?: string[];
  readonly uploadFile?: string;
  readonly include?: boolean;
  readonly fail?: boolean;
  readonly output?: string;
  readonly verbose?: boolean;
  readonly showSecrets?: boolean;
  readonly modifier1?: number;
  readonly modifier2?: number;
  readonly connectTimeout?: number;
  readonly maxTime?: number;
}

/** A header to send, or, without a value, one to leave out. */
type HeaderFlag = readonly [name: string, value: string | undefined];

const SPARE_MS = 1000;
const FORM = "application/x-www-form-urlencoded";

/** Give a command the flags of `request`. */
export function addRequestFlags(command: Command): Command {
  return command
    .option("-X, --method <method>", "request method (default: GET, with a body POST or PUT)")
    .option("-H, --header <header>", 'a header, as "Name: value"; may be repeated', collectHeader)
    .option("--var <name=value>", "set a var of the packet; may be repeated", collectPair)
    .option("--unset-var <name>", "leave a var out; may be repeated", collect)
    .option(
      "-d, --data <data>",
      "send this body, @file or @- for standard input; several are joined with &",
      collect,
    )
    .addOption(
      new Option("-T, --upload-file <file>", "send a file of any size as the body").conflicts("data"),
    )
    .option("-i, --include", "print the head of the response too")
    .option("-f, --fail", "print no body for a status of 400 or more, and exit with 22")
    .option("-o, --output <file>", "write the response to a file")
    .option("-v, --verbose", "tell on standard error what is sent, what comes back and how long it takes")
    .option("--show-secrets", "with --verbose, do not hide cookies and credentials")
    .option("--modifier1 <number>", "first byte of the packet (default: 0)", parseByte)
    .option("--modifier2 <number>", "last byte of the packet header (default: 0)", parseByte)
    .option("--connect-timeout <time>", "give up connecting (default: 3s)", parseDuration)
    .option("-m, --max-time <time>", "give up altogether (default: after 60s of silence)", parseDuration);
}

/** The options of a request, from its flags. Reads the body, or opens it. */
export async function requestOptions(path: string, flags: RequestFlags, io: CliIo): Promise<RequestOptions> {
  const upload = flags.uploadFile === undefined ? undefined : openUpload(flags.uploadFile, io);
  const data = flags.data === undefined ? undefined : await readData(flags.data, io);
  const given = flags.header ?? [];
  const isGiven = (wanted: string): boolean => given.some(([name]) => name.toLowerCase() === wanted);
  const defaults: HeaderFlag[] = [];
  if (upload && !isGiven("content-length")) defaults.push(["Content-Length", String(upload.size)]);
  if (data && !isGiven("content-type")) defaults.push(["Content-Type", FORM]);
  const headers = [...defaults, ...given].map(
    ([name, value]): HeaderFlag => [name, value && byteString(value)],
  );

  return definedOnly<RequestOptions>({
    method: flags.method ?? (data ? "POST" : upload ? "PUT" : undefined),
    path: byteString(path),
    headers: headers.filter((header): header is [string, string] => header[1] !== undefined),
    vars: { ...withoutVars(headers, flags), ...byteStrings(flags.var ?? {}) },
    body: upload?.body ?? data,
    modifier1: flags.modifier1,
    modifier2: flags.modifier2,
    limits: definedOnly({
      connectTimeoutMs: flags.connectTimeout,
      readTimeoutMs: silenceLimit(flags.maxTime),
      sendTimeoutMs: silenceLimit(flags.maxTime),
    }),
    timeoutMs: flags.maxTime,
  });
}

/** Whoever sets a limit for the whole means to wait that long: no other limit is to come first. */
function silenceLimit(maxTimeMs: number | undefined): number | undefined {
  return maxTimeMs === undefined ? undefined : maxTimeMs + SPARE_MS;
}

/** `Name: value`; `Name:` leaves the header out, `Name;` sends it empty, both as in curl. */
function collectHeader(text: string, earlier: readonly HeaderFlag[] = []): HeaderFlag[] {
  const [, name, value] = /^([^\s:;]+)(?:;|:\s*(.*?)\s*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Expected "Name: value".');
  return [...earlier, [name, text.endsWith(";") && value === undefined ? "" : value || undefined]];
}

function parseByte(text: string): number {
  const number = parseCount(text);
  if (number > 255) throw new InvalidArgumentError("Expected a byte, 0 to 255.");
  return number;
}

function withoutVars(headers: readonly HeaderFlag[], flags: RequestFlags): Record<string, undefined> {
  const names = headers.filter(([, value]) => value === undefined).map(([name]) => headerVar(name) ?? name);
  return Object.fromEntries([...names, ...(flags.unsetVar ?? [])].map((name) => [name, undefined]));
}

/** A terminal sends UTF-8; on the wire a character is a byte. */
function byteString(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function byteStrings(vars: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(vars).map(([name, value]) => [byteString(name), byteString(value)]),
  );
}
