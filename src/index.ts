/** Public names of `uwsgi-bridge`. */
export {
  ConfigError,
  ERROR_CODES,
  type ErrorCode,
  ProtocolError,
  UpstreamError,
  UsageError,
  UwsgiBridgeError,
} from "./errors.ts";
export { createFront, type Front, type FrontStats } from "./front/front.ts";
export type { FrontOptions } from "./front/options.ts";
export { requestUrl } from "./gateway/request-url.ts";
export type {
  Application,
  ByteString,
  Environ,
  ErrorStream,
  FileLike,
  FinishedResponse,
  HeaderPair,
  InputStream,
  Outcome,
  ResponseBody,
  ResponseFinished,
  StartResponse,
  StatusLine,
  Write,
} from "./gateway/types.ts";
export type { LogFields, Logger } from "./log.ts";
export { type Endpoint, formatEndpoint, parseEndpoint, parseTarget, type Target } from "./net/endpoint.ts";
export type { ListenOptions } from "./net/listen.ts";
export type { SharedSocket } from "./net/shared-socket.ts";
export type { SocketAccess } from "./net/unix-socket.ts";
export { type Served, type ServeOptions, serve } from "./serve.ts";
export type { FleetSettings } from "./supervisor/rules/settings.ts";
export type { Supervisor } from "./supervisor/supervisor.ts";
export type { WorkerTally } from "./supervisor/tallies.ts";
export { VERSION } from "./version.ts";
export { loadApp } from "./worker/load-app.ts";
export type { WorkerOptions } from "./worker/options.ts";
export type { RunningRequest } from "./worker/running-request.ts";
export { createWorker, type OverdueRequest, type Worker, type WorkerStats } from "./worker/worker.ts";
