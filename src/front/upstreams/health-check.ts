import { ping } from "../../client/ping.ts";
import { request } from "../../client/request.ts";
import type { Target } from "../../net/endpoint.ts";
import { randomPauseMs } from "../balance/random-pause.ts";
import type { FrontSettings } from "../options.ts";
import type { UpstreamServer } from "./upstream-server.ts";

/** What the options say about checks. */
export type CheckSettings = Pick<
  FrontSettings,
  "healthUri" | "healthIntervalMs" | "healthTimeoutMs" | "modifier1" | "modifier2" | "params"
>;

const PING = "uwsgi-ping";

/** Asks one server regularly whether it is well: one question at a time, the first one at once. */
export class HealthCheck {
  readonly #server: UpstreamServer;
  readonly #settings: CheckSettings;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(server: UpstreamServer, settings: CheckSettings) {
    this.#server = server;
    this.#settings = settings;
    void this.#check();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #check(): Promise<void> {
    const reason = await faultOf(this.#server.upstream.target, this.#settings);
    if (this.#isStopped) return;
    this.#server.checked(reason);
    const pauseMs = randomPauseMs(this.#settings.healthIntervalMs, Math.random());
    this.#timer = setTimeout(() => void this.#check(), pauseMs).unref();
  }
}

/** @returns What is wrong with a server; `undefined`: nothing. */
async function faultOf(target: Target, settings: CheckSettings): Promise<string | undefined> {
  const { healthUri, healthTimeoutMs: timeoutMs, modifier1, modifier2, params } = settings;
  try {
    if (healthUri === PING) {
      await ping(target, { timeoutMs });
      return undefined;
    }
    const limits = { connectTimeoutMs: timeoutMs, readTimeoutMs: timeoutMs };
    const options = { path: healthUri, timeoutMs, modifier1, modifier2, vars: params, limits };
    const { status, body } = await request(target, options);
    body.on("error", () => undefined).destroy();
    return status >= 200 && status < 400 ? undefined : `status ${status}`;
  } catch (error) {
    return (error as Error).message;
  }
}
