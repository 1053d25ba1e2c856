import { writeSync } from "node:fs";
import { type Debugger, Session } from "node:inspector";
import { workerData } from "node:worker_threads";
import { PERSISTENCE } from "../../codec/persistence.ts";
import { type Frame, lastWords, timeoutAnswer } from "./last-words.ts";
import { StuckLoop } from "./stuck-loop.ts";
import { BEAT_MS, CONNECTIONS_AT_WORK, type ConnectionsAtWork, type WatchdogData } from "./watchdog-data.ts";

// The code of the watching thread: it looks at the beats of the event loop, and ends the process when they stop.

/** Code inside a system call can not be interrupted: its stack is not waited for any longer. */
const STACK_WITHIN_MS = 1000;
const STANDARD_ERROR = 2;
const NOTHING_KNOWN: ConnectionsAtWork = { running: [], resting: [] };

const { beats, limitMs, supervisorFd } = workerData as WatchdogData;
const loop = new StuckLoop(limitMs);
/** The addresses of the scripts: a frame alone may not know its own. */
const urls = new Map<string, string>();
const timer = setInterval(() => {
  if (!loop.isStuck(Atomics.load(beats, 0), performance.now(), BEAT_MS)) return;
  clearInterval(timer);
  interrupt();
}, BEAT_MS);

function interrupt(): void {
  // It also keeps this thread alive: a session does not.
  setTimeout(() => end(NOTHING_KNOWN, undefined), STACK_WITHIN_MS);
  const session = new Session();
  session.connectToMainThread();
  session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
  session.on("Debugger.paused", ({ params }) => askForConnections(session, params.callFrames));
  session.post("Debugger.enable");
  session.post("Debugger.pause");
}

/** Call a function of ours inside of the code that is stuck. */
function askForConnections(session: Session, callFrames: readonly Debugger.CallFrame[]): void {
  const frames = callFrames.map(({ functionName, location }) => ({
    functionName,
    url: urls.get(location.scriptId) ?? "",
    line: location.lineNumber + 1,
    column: (location.columnNumber ?? 0) + 1,
  }));
  const callFrameId = callFrames[0]?.callFrameId ?? "";
  const expression = `globalThis[Symbol.for(${JSON.stringify(CONNECTIONS_AT_WORK)})]()`;
  session.post(
    "Debugger.evaluateOnCallFrame",
    { callFrameId, expression, returnByValue: true },
    (error, answer) => {
      const text: unknown = error ? undefined : answer.result.value;
      end(typeof text === "string" ? (JSON.parse(text) as ConnectionsAtWork) : NOTHING_KNOWN, frames);
    },
  );
}

/** Answer for the event loop, say why, and end the process. */
function end({ running, resting }: ConnectionsAtWork, frames: readonly Frame[] | undefined): void {
  for (const request of running) {
    if (!request.hasAnswered && request.fd >= 0) write(request.fd, timeoutAnswer(request));
  }
  // A request that waits there unread was not run, and never will be: its front may send it to another process, a POST too.
  for (const fd of resting) write(fd, PERSISTENCE.closeMark, "latin1");
  const words = lastWords(running, frames, { limitMs, pid: process.pid, now: new Date() });
  write(STANDARD_ERROR, `${words.log}\n`);
  // As node:child_process writes its messages: nobody else writes there while the event loop is stuck.
  write(supervisorFd, `${JSON.stringify({ uwsgiBridge: "harakiri", reason: words.reason })}\n`);
  process.kill(process.pid, "SIGKILL");
}

function write(fd: number, text: string, encoding: BufferEncoding = "utf8"): void {
  try {
    writeSync(fd, text, null, encoding);
  } catch {
    // Its reader is gone, or does not read: there is nobody to tell.
  }
}
