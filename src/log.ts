/**
 * The logger every part takes. pino fits as it is, and so does anything with the same four methods.
 * Fields come first, the sentence second: `log.warn({ code, target }, "worker closed without an answer")`.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

export type LogFields = Record<string, unknown>;

const nothing = (): void => {};

/** Says nothing. The default of the library: only the command line decides that something is printed. */
export const silentLog: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
