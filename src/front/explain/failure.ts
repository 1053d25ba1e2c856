import type { ErrorCode } from "../../errors.ts";

/** How far a request had come when it failed. */
export type FailurePhase =
  /** The front was reading it, or refused it. */
  | "request"
  /** It waited for a connection. */
  | "queue"
  /** The name of the server was looked up. */
  | "resolve"
  | "connect"
  /** It was being sent. */
  | "write"
  /** It was sent, and the head of the response had not come. */
  | "head"
  | "body"
  /** A file was to be sent. */
  | "file";

/** What the first bytes of an answer that is no response look like. */
export type PeerSpeech = "html" | "tls" | "fastcgi" | "http2";

/** The limits that a failure may be about. */
export interface FailureLimits {
  readonly queueTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly maxVarsBytes: number;
  readonly maxVars: number;
}

/** A socket file, or what stands in its place. */
export interface SocketFile {
  readonly path: string;
  /** `missing`: there is nothing; `no-directory`: nor is there its directory; `hidden`: this process may not look. */
  readonly kind: "socket" | "other" | "missing" | "no-directory" | "hidden";
  /** Permissions in octal digits, such as `"660"`. */
  readonly mode?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Who looked. */
  readonly ownUid?: number;
}

/** Everything that is known of a request that could not be answered as it should. No header value is among it. */
export interface Failure {
  /** `undefined`: what the answer says, such as that there is no such file, needs none. */
  readonly code: ErrorCode | undefined;
  /** HTTP status of the answer. */
  readonly status: number;
  /** What happened, in words. May name internal addresses. */
  readonly reason: string;
  readonly phase: FailurePhase;
  /** Of the system call that failed. */
  readonly errno?: string | undefined;
  /** The server, as it is configured. */
  readonly target?: string | undefined;
  /** The server speaks HTTP. @defaultValue false: it speaks uwsgi */
  readonly isHttp?: boolean | undefined;
  /** Status of a response that had arrived. */
  readonly receivedStatus?: number | undefined;
  /** Of the request, bytes that left for the server, and of its answer that came. */
  readonly sentBytes?: number | undefined;
  readonly receivedBytes?: number | undefined;
  readonly varsBytes?: number | undefined;
  readonly vars?: number | undefined;
  /** Names and sizes. */
  readonly biggestVars?: string | undefined;
  readonly speech?: PeerSpeech | undefined;
  readonly limits?: FailureLimits | undefined;
  readonly socketFile?: SocketFile | undefined;
}
