import type { Socket } from "node:net";
import type { Environ } from "../gateway/types.ts";

/** A request in progress, for those who watch over it. */
export interface RunningRequest {
  readonly method: string;
  readonly uri: string;
  /** What the front calls it, when it has a name. */
  readonly requestId: string | undefined;
  readonly elapsedMs: number;
  /** Some of the response was sent. */
  readonly hasAnswered: boolean;
  /** The descriptor of its connection; -1 when it is closed. */
  readonly fd: number;
}

/** What is to be known of a request that runs. */
export function describeRunning(
  request: { readonly environ: Environ; readonly socket: Socket; readonly startedAt: number },
  bytesBefore: number,
): RunningRequest {
  const { environ, socket, startedAt } = request;
  return {
    method: environ.REQUEST_METHOD,
    uri: environ["REQUEST_URI"] ?? environ.PATH_INFO,
    requestId: environ["HTTP_X_REQUEST_ID"],
    elapsedMs: Math.round(performance.now() - startedAt),
    hasAnswered: socket.bytesWritten > bytesBefore,
    fd: descriptorOf(socket),
  };
}

/** The descriptor of a socket; -1 when it is closed. */
export function descriptorOf(socket: Socket): number {
  const handle = (socket as unknown as { readonly _handle: { readonly fd?: number } | null })._handle;
  return handle?.fd ?? -1;
}
