import type { UpstreamLimits } from "../client/upstream.ts";
import { Admission } from "../net/admission.ts";
import { connectionShare, descriptorLimit, serverShare } from "../net/descriptor-limit.ts";
import { encodeProxyStatus } from "./explain/proxy-status.ts";
import type { FrontSettings } from "./options.ts";
import { allSettings } from "./routes/route-settings.ts";
import { upstreamLimits } from "./upstreams/upstream-limits.ts";

const CODE = "UWB_ERR_TOO_MANY_CONNECTIONS";
const PAGE = `${CODE}\n`;
/** Written before anything was asked, so there is no request that it could have the number of. */
export const TOO_MANY_CONNECTIONS: string = [
  "HTTP/1.1 503 Service Unavailable",
  "Retry-After: 1",
  `Proxy-Status: ${encodeProxyStatus({ error: "proxy_internal_response", details: CODE })}`,
  "Content-Type: text/plain; charset=utf-8",
  `Content-Length: ${PAGE.length}`,
  "Connection: close",
  "",
  PAGE,
].join("\r\n");

/** How the descriptors of the process are shared out between clients and servers. */
export function descriptorBudget(settings: FrontSettings): {
  readonly admission: Admission;
  readonly limits: UpstreamLimits;
} {
  const { log, maxConnectionsPerServer: wanted } = settings;
  const servers = allSettings(settings).reduce((count, { to }) => count + to.length, 0);
  const limit = descriptorLimit();
  const clients = connectionShare(limit, settings.maxConnections);
  const maxConnections = serverShare(limit, { clients, servers, wanted });
  if (maxConnections < wanted) {
    const message =
      "the descriptors (ulimit -n) do not suffice for as many connections to each server as are allowed";
    log.warn({ descriptors: limit, allowed: wanted, connections: maxConnections, clients }, message);
  }
  return {
    admission: new Admission({ max: clients, answer: TOO_MANY_CONNECTIONS, log }),
    limits: { ...upstreamLimits(settings), maxConnections },
  };
}
