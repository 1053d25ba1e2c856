import type { Packet } from "../codec/packet.ts";
import type { UwsgiBridgeError } from "../errors.ts";
import { silentCloseReasons } from "../inspect/silent-close.ts";

/** What to do about a server that can not be reached, by the code of the system's error. */
const CONNECT_HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there: is the server running, and is this the address of its --socket?",
  ENOENT: "there is no such socket file: is the server running, and is this the path of its --socket?",
  EACCES:
    "the mode of the socket file, or of a directory above it, keeps this user out: start the server with --chown-socket :GROUP --chmod-socket 660, and be in that group",
  ENOTSOCK: "this file is not a socket",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host name can not be looked up at present",
};

/** What is known of an exchange that failed. */
export interface FailedExchange {
  /** The packet that was sent. */
  readonly packet: Packet;
  /** Whether the head of a response had arrived. */
  readonly hasHead: boolean;
}

/** What a person may try after a server did not answer as it should. */
export function upstreamHints(
  error: UwsgiBridgeError,
  { packet, hasHead }: FailedExchange,
): readonly string[] {
  switch (error.code) {
    case "UWB_ERR_UPSTREAM_CONNECT":
      return connectHints(error.cause);
    case "UWB_ERR_UPSTREAM_CONNECT_TIMEOUT":
      return ["is the address right? A server whose queue is full (uWSGI: --listen) does not accept either"];
    case "UWB_ERR_UPSTREAM_READ_TIMEOUT":
    case "UWB_ERR_UPSTREAM_SEND_TIMEOUT":
      return [
        "the application may be slow, or all processes of the server busy; or this port speaks something else than uwsgi",
      ];
    case "UWB_ERR_UPSTREAM_CLOSED":
      // Ours: the body to be sent could not be read.
      if (error.cause instanceof Error) return [error.cause.message];
      return silentCloseReasons(packet).map((reason) => `- ${reason}`);
    case "UWB_ERR_UPSTREAM_RESET":
    case "UWB_ERR_RESPONSE_TRUNCATED":
      if (!hasHead) return silentCloseReasons(packet).map((reason) => `- ${reason}`);
      return ["the application failed inside its response, or the server was stopped: its log tells"];
    case "UWB_ERR_NOT_UWSGI":
    case "UWB_ERR_RESPONSE_MALFORMED":
      return ["is this a uwsgi port? For uWSGI: the address of --socket, not of --http or --http-socket"];
    default:
      return [];
  }
}

function connectHints(cause: unknown): readonly string[] {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const hint = CONNECT_HINTS[code];
  return hint === undefined ? [] : [hint];
}
