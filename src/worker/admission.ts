import { responseHeadText } from "../codec/response-head.ts";
import { reasonPhrase } from "../gateway/reason-phrases.ts";
import { Admission } from "../net/admission.ts";
import { connectionShare, descriptorLimit } from "../net/descriptor-limit.ts";
import type { WorkerSettings } from "./options.ts";

const PAGE = "UWB_ERR_TOO_MANY_CONNECTIONS\n";
const HEAD = {
  status: 503,
  reason: reasonPhrase(503),
  headers: [
    ["Retry-After", "1"],
    ["Content-Type", "text/plain"],
    ["Content-Length", String(PAGE.length)],
  ],
} as const;

/** How many connections a worker with these settings takes. */
export function admissionOf({ maxConnections, log }: WorkerSettings): Admission {
  const max = connectionShare(descriptorLimit(), maxConnections);
  return new Admission({ max, answer: responseHeadText(HEAD) + PAGE, log });
}
