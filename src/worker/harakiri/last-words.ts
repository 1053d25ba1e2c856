import type { RunningRequest } from "../running-request.ts";

/** A line of the stack of the code that is stuck. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** What there is to say of an event loop that is stuck. */
export interface LastWords {
  /** For the log, a JSON object. */
  readonly log: string;
  /** Why the process ends, in a sentence. */
  readonly reason: string;
}

const MOST_FRAMES = 30;
const MOST_REQUESTS = 10;

/** What to do in the place of a process that is stuck: whom to answer, and what to log. */
export function lastWords(
  requests: readonly RunningRequest[],
  frames: readonly Frame[] | undefined,
  { limitMs, pid, now }: { readonly limitMs: number; readonly pid: number; readonly now: Date },
): LastWords {
  const stack = frames?.slice(0, MOST_FRAMES).map(frameText) ?? ["(not in JavaScript)"];
  const byAge = [...requests].sort((a, b) => b.elapsedMs - a.elapsedMs);
  const [oldest] = byAge;
  const where = oldest ? `${oldest.method} ${oldest.uri}` : "no request";
  const [at = "?"] = stack;
  return {
    reason: `its event loop was stuck for ${limitMs} ms (${where}, ${at}) [UWB_ERR_HARAKIRI]`,
    log: JSON.stringify({
      level: 50,
      time: now.toISOString(),
      pid,
      code: "UWB_ERR_HARAKIRI",
      method: oldest?.method,
      uri: oldest?.uri,
      requestId: oldest?.requestId,
      elapsedMs: oldest?.elapsedMs,
      stack,
      requests: byAge
        .slice(0, MOST_REQUESTS)
        .map(({ method, uri, requestId, elapsedMs }) => ({ method, uri, requestId, elapsedMs })),
      msg: "code keeps the event loop: its requests are answered 504 and the process ends",
    }),
  };
}

/** The answer to a request of which nothing was sent yet. */
export function timeoutAnswer({ requestId }: RunningRequest): string {
  const body = `UWB_ERR_HARAKIRI${requestId === undefined ? "" : `\nrequest ${requestId}`}\n`;
  return [
    "HTTP/1.1 504 Gateway Timeout",
    "Content-Type: text/plain",
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
}

function frameText({ functionName, url, line, column }: Frame): string {
  const place = `${url}:${line}:${column}`;
  return functionName === "" ? place : `${functionName} (${place})`;
}
