import { ConfigError, UsageError, type UwsgiBridgeError } from "../errors.ts";
import type { ChildExit } from "../supervisor/rules/events.ts";

/** What the commands return, so that scripts can tell failures apart. */
export const EXIT = {
  ok: 0,
  /** Something failed while running. */
  failure: 1,
  /** A flag or an option is wrong. */
  usage: 2,
  /** The application could not be loaded. */
  appLoad: 3,
  /** The address can not be listened on. */
  listen: 4,
  /** `request` and `ping`: nobody accepts the connection. */
  refused: 10,
  /** `request` and `ping`: no answer in time. */
  timeout: 11,
  /** `request` and `ping`: an answer that breaks the protocol, or none. */
  protocol: 12,
  /** `request --fail`: the status is 400 or above. */
  httpError: 22,
} as const;

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: UwsgiBridgeError): number {
  switch (error.code) {
    case "UWB_ERR_APP_LOAD":
      return EXIT.appLoad;
    case "UWB_ERR_LISTEN":
    case "UWB_ERR_SOCKET_IN_USE":
      return EXIT.listen;
    case "UWB_ERR_UPSTREAM_CONNECT":
      return EXIT.refused;
    case "UWB_ERR_UPSTREAM_CONNECT_TIMEOUT":
    case "UWB_ERR_UPSTREAM_READ_TIMEOUT":
    case "UWB_ERR_UPSTREAM_SEND_TIMEOUT":
      return EXIT.timeout;
    case "UWB_ERR_CHILD_EXITED":
      // The child has said why, and its code says what kind of failure it was.
      return (error.cause as ChildExit).code || EXIT.failure;
    default:
      return error instanceof ConfigError || error instanceof UsageError ? EXIT.usage : EXIT.protocol;
  }
}
