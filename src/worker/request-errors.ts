import { ProtocolError } from "../errors.ts";

/** What `uwsgi_bridge.signal` is aborted with. */
export function clientGone(): ProtocolError {
  return new ProtocolError("UWB_ERR_CLIENT_GONE", "the client left before the response was complete", {
    offset: 0,
  });
}

/** A body whose end nothing tells. */
export function lengthRequired(): ProtocolError {
  return new ProtocolError("UWB_ERR_LENGTH_REQUIRED", "the body is chunked and has no CONTENT_LENGTH", {
    offset: 0,
    statusHint: 411,
  });
}
