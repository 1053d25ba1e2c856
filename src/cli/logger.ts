import { InvalidArgumentError } from "commander";
import { pino } from "pino";
import type { Logger } from "../log.ts";
import type { CliIo } from "./io.ts";

const LEVELS = ["debug", "info", "warn", "error", "silent"];

/** The logger of a command: lines for a person on a terminal, JSON for everything else. Both go to standard error. */
export async function createLogger(io: CliIo, level: string): Promise<Logger> {
  const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  // Named types: what pino() returns could pass for a promise.
  if (!io.isTerminal) {
    const plain: Logger = pino(options, io.stderr);
    return plain;
  }
  const { default: pretty } = await import("pino-pretty");
  const lines = pretty({
    destination: io.stderr,
    singleLine: true,
    ignore: "pid",
    translateTime: "HH:MM:ss.l",
  });
  const readable: Logger = pino(options, lines);
  return readable;
}

export function parseLogLevel(text: string): string {
  if (!LEVELS.includes(text)) throw new InvalidArgumentError(`Expected one of ${LEVELS.join(", ")}.`);
  return text;
}
