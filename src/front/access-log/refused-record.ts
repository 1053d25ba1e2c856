import type { RefusedBytes } from "../pipeline/stage.ts";
import { loggedUri } from "../refusal-log.ts";
import { clientFacts } from "../request/client-facts.ts";
import type { AccessRecord } from "./access-record.ts";

/** What is logged of bytes that never became a request. */
export function refusedRecord(refused: RefusedBytes, keepsQuery: boolean): AccessRecord {
  const { socket, id, status, bytes, bodyBytes, method, uri } = refused;
  const { remoteAddress, remotePort, scheme } = clientFacts(socket);
  return {
    atMs: Date.now(),
    remoteAddress,
    remotePort,
    scheme,
    method,
    target: loggedUri(uri, keepsQuery),
    protocol: "HTTP/1.1",
    host: "",
    referer: "",
    userAgent: "",
    status,
    bodyBytes,
    bytes,
    isComplete: true,
    durationMs: 0,
    requestId: id,
    traceId: "",
    code: "UWB_ERR_REQUEST_INVALID",
    upstream: undefined,
  };
}
