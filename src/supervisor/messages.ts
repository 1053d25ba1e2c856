/**
 * What a supervisor and its processes tell each other over the channel between them. The key keeps these messages apart from those that the
 * application may send on the same channel.
 */
export type ChildMessage =
  | { readonly uwsgiBridge: "ready" }
  /** It can not start. */
  | { readonly uwsgiBridge: "failed"; readonly reason: string }
  | { readonly uwsgiBridge: "report"; readonly report: ChildReport }
  /** Its event loop was stuck, and it is killed by its own watchdog. */
  | { readonly uwsgiBridge: "harakiri"; readonly reason: string }
  /** It wants to be replaced. */
  | { readonly uwsgiBridge: "retire"; readonly reason: string }
  /** It asks the {@link Responder} of its supervisor. */
  | { readonly uwsgiBridge: "ask"; readonly question: unknown };

/** `drain`: serve on, but let clients go. `stop`: finish what was begun, then end. `cut`: break off, then end. */
export type SupervisorMessage =
  | { readonly uwsgiBridge: "drain" | "stop" | "cut" }
  | { readonly uwsgiBridge: "answer"; readonly answer: unknown };

/** What a process has done since it started, and what it is doing. */
export interface ChildReport {
  readonly requests: number;
  readonly runningRequests: number;
  readonly waitingRequests: number;
  readonly openConnections: number;
  /** Requests that ended in an error of the application. */
  readonly exceptions: number;
  /** Requests that took too long. */
  readonly harakiris: number;
  /** Bytes sent on connections that are closed. */
  readonly sentBytes: number;
  /** Time from the start of each request to its end, added up, in milliseconds. */
  readonly answerMs: number;
  readonly rssBytes: number;
}

/** The report of a process that has done nothing yet. */
export const NO_REPORT: ChildReport = {
  requests: 0,
  runningRequests: 0,
  waitingRequests: 0,
  openConnections: 0,
  exceptions: 0,
  harakiris: 0,
  sentBytes: 0,
  answerMs: 0,
  rssBytes: 0,
};

/** The place of a process among those of its supervisor. */
export interface ChildPlace {
  /** 1 to the number of processes; a successor has the number of the process it replaces. */
  readonly worker: number;
  readonly processes: number;
  readonly generation: number;
  /** The addresses to accept on, and the descriptor of the socket of each. */
  readonly endpoints: readonly string[];
  readonly fds: readonly number[];
}

/** The descriptor of the channel in a process that a supervisor has started. */
export const CHANNEL_FD = 3;

/** The environment variable that tells a process its {@link ChildPlace}. */
export const PLACE_VARIABLE = "UWSGI_BRIDGE_CHILD";

/** A message of ours, or `undefined` for anything else. */
export function messageOf<T extends ChildMessage | SupervisorMessage>(value: unknown): T | undefined {
  return typeof value === "object" && value !== null && "uwsgiBridge" in value ? (value as T) : undefined;
}
