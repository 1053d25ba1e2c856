import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { readDuration, readSize } from "../quantities.ts";

/** A time: a plain number is seconds, `ms`, `s`, `m` and `h` may follow. @returns milliseconds */
export function parseDuration(text: string): number {
  const milliseconds = readDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError("Expected a time such as 500ms, 30s or 2m.");
  return milliseconds;
}

/** A size: a plain number is bytes, `k`, `m` and `g` may follow, in steps of 1024. @returns bytes */
export function parseSize(text: string): number {
  const bytes = readSize(text);
  if (bytes === undefined) throw new InvalidArgumentError("Expected a size such as 4096, 64k or 1g.");
  return bytes;
}

/** A whole number that is not negative. */
export function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("Expected a whole number.");
  return Number(text);
}

/** `on` or `off`. */
export function parseSwitch(text: string): boolean {
  if (text === "on" || text === "off") return text === "on";
  throw new InvalidArgumentError("Expected on or off.");
}

/** A file mode in octal digits. */
export function parseMode(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) throw new InvalidArgumentError("Expected a mode such as 660.");
  return Number.parseInt(text, 8);
}

/** `NAME=VALUE`, which may be given several times. */
export function collectPair(
  text: string,
  earlier: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError("Expected NAME=VALUE.");
  return { ...earlier, [text.slice(0, equals)]: text.slice(equals + 1) };
}

/** A text that may be given several times. */
export function collect(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text];
}

/** Texts separated by commas; may be given several times. */
export function collectList(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, ...text.split(",").map((entry) => entry.trim())];
}

/** A directory, which may be given several times. @returns absolute paths */
export function collectDirectory(text: string, earlier: readonly string[] = []): string[] {
  if (text === "") throw new InvalidArgumentError("Expected a directory.");
  return [...earlier, resolve(text)];
}

/** `PREFIX=DIR`, which may be given several times. @returns absolute paths by prefix */
export function collectDirectoryOf(
  text: string,
  earlier: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [, prefix, directory] = /^(\/[^=]*)=(.+)$/.exec(text) ?? [];
  if (prefix === undefined || directory === undefined)
    throw new InvalidArgumentError("Expected PREFIX=DIR, such as /protected=/srv/files.");
  return { ...earlier, [prefix]: resolve(directory) };
}

/** Protocols in the sense of the HTTP field Upgrade: names separated by commas, `any` or `off`. */
export function parseProtocols(text: string): boolean | string[] {
  if (text === "any" || text === "off") return text === "any";
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  if (names.every((name) => /^[\w!#$%&'*+.^`|~-]+(?:\/[\w.-]+)?$/.test(name))) return names;
  throw new InvalidArgumentError("Expected names of protocols such as websocket, or any, or off.");
}
