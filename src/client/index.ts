/** Public names of `uwsgi-bridge/client`: ask a uwsgi server something. */
export { parseTarget, type Target } from "../net/endpoint.ts";
export type { ExchangeLimits } from "./exchange-handler.ts";
export { type PingOptions, type Pong, ping } from "./ping.ts";
export { type RequestOptions, request, type UwsgiResponse } from "./request.ts";
