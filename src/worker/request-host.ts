import type { ServerFacts } from "../gateway/create-environ.ts";
import type { DirectHandler } from "../gateway/direct.ts";
import type { Application } from "../gateway/types.ts";
import type { WorkerSettings } from "./options.ts";
import type { RequestSlots } from "./request-slots.ts";
import type { Keeper } from "./response-stream.ts";

/** What the requests of a worker share. */
export interface RequestHost extends Keeper {
  readonly app: Application;
  /** How to run the application on the socket itself, when it can be. */
  readonly directHandler: DirectHandler | undefined;
  readonly settings: WorkerSettings;
  readonly facts: ServerFacts;
  readonly slots: RequestSlots;
  onRequest(): void;
  /** A request has ended, so many milliseconds after its start: somebody else may have its slot. */
  onFinished(ms: number, hasFailed: boolean): void;
}

/** What a request tells its connection. */
export interface RequestListener {
  /**
   * The response was handed over, or given up.
   *
   * @param isKept - Another request may follow. Otherwise what the peer still sends is to be dropped.
   */
  onResponded(isKept: boolean): void;
  /** Call {@link RequestRun.idle} when the socket was silent. */
  watchSilence(): void;
  /** The system has taken all of the response. */
  onFlushed(): void;
  /** The connection speaks another protocol from now on, and its bytes belong to whoever speaks it. */
  onTakenOver(): void;
}
