import { MAX_INTERIM_HEADS } from "../codec/constants.ts";
import type { ResponseHead } from "../codec/response-head.ts";
import { ProtocolError, UsageError } from "../errors.ts";
import { announceSwitch } from "./protocol-switch.ts";
import { announceResponse } from "./response-start.ts";
import type { ResponseWriter } from "./response-writer.ts";
import type { EarlyHints, Environ, Upgrade, UpgradedStream } from "./types.ts";

/** What a connection can do besides carrying a response. */
export interface ConnectionExtensions {
  /** The protocols the request asks to switch to, in lower case. */
  readonly protocols: readonly string[];
  /** The peer understands a `103 Early Hints`. */
  readonly takesHints: boolean;
  /** The peer left. */
  readonly isGone: boolean;
  sendInterim(head: ResponseHead): void;
  /** Send a 101 and let go of the connection. */
  switchProtocols(head: ResponseHead): UpgradedStream;
}

/** Give an environ the keys that an application finds only where the connection can do what they stand for. */
export function addExtensions(
  environ: Environ,
  writer: ResponseWriter,
  connection: ConnectionExtensions,
): void {
  if (connection.takesHints)
    environ["uwsgi_bridge.early_hints"] = earlyHints(connection, () => writer.isStarted);
  if (connection.protocols.length > 0) {
    environ["uwsgi_bridge.upgrade"] = upgrader(writer, connection);
    environ["uwsgi_bridge.protocols"] = connection.protocols;
  }
}

/**
 * `uwsgi_bridge.early_hints`: sends a 103 as long as there is no response, and nothing after that. More of them than a front reads are
 * dropped.
 */
export function earlyHints(
  connection: Pick<ConnectionExtensions, "sendInterim">,
  isLate: () => boolean,
): EarlyHints {
  let sent = 0;
  return (headers) => {
    // As in a 204, a length would be that of nothing.
    const { headers: checked } = announceResponse(204, headers).head;
    if (checked.length === 0 || sent >= MAX_INTERIM_HEADS || isLate()) return;
    sent += 1;
    connection.sendInterim({ status: 103, reason: "Early Hints", headers: checked });
  };
}

function upgrader(writer: ResponseWriter, connection: ConnectionExtensions): Upgrade {
  return (startResponse, status, headers) => {
    if (startResponse !== writer.startResponse) {
      const message = "startResponse is not the server's: middleware that wraps it could not see this answer";
      throw new UsageError("UWB_ERR_UPGRADE", message);
    }
    if (writer.isStarted)
      throw new UsageError("UWB_ERR_HEADERS_SET", "the response has begun: it is too late to switch");
    const head = announceSwitch(status, headers, connection.protocols);
    if (connection.isGone) {
      throw new ProtocolError("UWB_ERR_CLIENT_GONE", "the client left before the switch of protocols", {
        offset: 0,
      });
    }
    writer.switched(head);
    return connection.switchProtocols(head);
  };
}
