import { InvalidArgumentError } from "commander";
import { pino } from "pino";
import pretty from "pino-pretty";
import type { Logger } from "../log.ts";
import type { CliIo } from "./io.ts";

const LEVELS = ["debug", "info", "warn", "error", "silent"];

/** The logger of a command: lines for a person on a terminal, JSON for everything else. Both go to standard error. */
export function createLogger(io: CliIo, level: string): Logger {
  const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  if (!io.isTerminal) return pino(options, io.stderr);
  return pino(
    options,
    pretty({ destination: io.stderr, singleLine: true, ignore: "pid", translateTime: "HH:MM:ss.l" }),
  );
}

export function parseLogLevel(text: string): string {
  if (!LEVELS.includes(text)) throw new InvalidArgumentError(`Expected one of ${LEVELS.join(", ")}.`);
  return text;
}
