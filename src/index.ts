/** Public names of `uwsgi-bridge`. */
export type { AppHooks } from "./adapters/app-hooks.ts";
export type { ApplicationKind, Interface } from "./adapters/application-kind.ts";
export { type LoadedApp, type LoadOptions, loadApp } from "./adapters/load-app.ts";
export {
  ConfigError,
  ERROR_CODES,
  type ErrorCode,
  ProtocolError,
  UpstreamError,
  UsageError,
  UwsgiBridgeError,
} from "./errors.ts";
export type { AccessOptions } from "./front/access/access-options.ts";
export type { BalanceOptions } from "./front/balance/balance-options.ts";
export type { Balancing } from "./front/balance/create-balancer.ts";
export { createFront, type Front, type FrontStats } from "./front/front.ts";
export type { IdentityOptions } from "./front/identity/identity-options.ts";
export type { FrontOptions } from "./front/options.ts";
export type { RateOptions } from "./front/rate/rate-options.ts";
export type { RequestRate } from "./front/rate/request-rate.ts";
export type {
  AnswerRouteOptions,
  ForwardRouteOptions,
  RedirectRouteOptions,
  RouteOptions,
  RoutingOptions,
} from "./front/routes/route-options.ts";
export type { StaticOptions } from "./front/static/static-options.ts";
export type { ResolvedHost, Resolver, ServiceRecord } from "./front/upstreams/resolver.ts";
export type { ServerStats } from "./front/upstreams/upstream-server.ts";
export { defineApplication } from "./gateway/define-application.ts";
export { requestUrl } from "./gateway/request-url.ts";
export type {
  Application,
  ByteString,
  EarlyHints,
  Environ,
  ErrorStream,
  FileLike,
  FinishedResponse,
  HeaderPair,
  InputStream,
  Outcome,
  ResponseBody,
  ResponseFinished,
  SharedState,
  StartResponse,
  StatusLine,
  Upgrade,
  UpgradedStream,
  Write,
} from "./gateway/types.ts";
export { decodeUtf8, encodeUtf8 } from "./gateway/utf8.ts";
export type { ValidatorOptions } from "./gateway/validator/doubts.ts";
export { LintError } from "./gateway/validator/lint-error.ts";
export type { LintMessage } from "./gateway/validator/lint-message.ts";
export type { LintId, LintSide } from "./gateway/validator/rules.ts";
export { validator } from "./gateway/validator/validator.ts";
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
export type { WorkerOptions } from "./worker/options.ts";
export type { RunningRequest } from "./worker/running-request.ts";
export { createWorker, type OverdueRequest, type Worker, type WorkerStats } from "./worker/worker.ts";
