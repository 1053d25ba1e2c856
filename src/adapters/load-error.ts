import { ConfigError } from "../errors.ts";

/** The application can not be run: the module says why not, or we say what it lacks. */
export function loadError(message: string, cause?: unknown): ConfigError {
  return new ConfigError("app", message, "UWB_ERR_APP_LOAD", cause === undefined ? {} : { cause });
}
