import { expect } from "vitest";
import type { HeaderPair } from "../../src/codec/response-head.ts";
import { createEnviron } from "../../src/gateway/create-environ.ts";
import { environFromPacket, requestBodyLength } from "../../src/gateway/environ.ts";
import { ErrorLog } from "../../src/gateway/error-log.ts";
import { Input } from "../../src/gateway/input.ts";
import { type AppRun, runApp } from "../../src/gateway/run-app.ts";
import type { Application, Environ, Outcome, StartResponse } from "../../src/gateway/types.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { RecordingSink } from "../support/recording-sink.ts";

/** An application as a test writes it: it may break every rule. */
export type AnyApp = (environ: Environ, startResponse: StartResponse) => unknown;

/** What a plain GET request brings along. */
export const plainVars = {
  REQUEST_METHOD: "GET",
  SCRIPT_NAME: "",
  PATH_INFO: "/",
  QUERY_STRING: "",
  SERVER_NAME: "example.test",
  SERVER_PORT: "80",
  SERVER_PROTOCOL: "HTTP/1.1",
  HTTP_HOST: "example.test",
};

export interface RequestSetup {
  /** Vars beside and instead of {@link plainVars}. */
  readonly vars?: Readonly<Record<string, string>>;
  /** A body that has arrived. CONTENT_LENGTH is set. */
  readonly body?: string;
  readonly sink?: RecordingSink;
}

/** One request on its way through the gateway. */
export interface StartedRun {
  readonly environ: Environ;
  readonly input: Input;
  readonly errorLines: readonly string[];
  readonly sink: RecordingSink;
  readonly log: RecordingLog;
  readonly run: AppRun;
  /** Filled when the run is over. */
  readonly outcomes: readonly Outcome[];
  /** Resolves when the run is over. */
  readonly finished: Promise<Outcome>;
  /** What the shell does when the peer leaves. */
  leave(): void;
}

export interface EndedRun {
  readonly outcome: Outcome;
  /** `"200 OK"`, or undefined when nothing was sent. */
  readonly status: string | undefined;
  readonly headers: readonly HeaderPair[];
  readonly body: string;
  readonly ending: RecordingSink["ending"];
  readonly sink: RecordingSink;
  readonly log: RecordingLog;
  readonly errorLines: readonly string[];
}

export interface PreparedRequest {
  readonly environ: Environ;
  readonly input: Input;
  readonly errorLines: string[];
}

/** The environ of a request, made the way the worker makes it. */
export function prepareRequest({ vars, body = "" }: RequestSetup = {}): PreparedRequest {
  const length = body === "" ? {} : { CONTENT_LENGTH: String(body.length) };
  const packet = {
    modifier1: 0,
    modifier2: 0,
    vars: Object.entries({ ...plainVars, ...length, ...vars }),
  };
  const cgi = environFromPacket(packet);
  const bodyLength = requestBodyLength(cgi);
  const input = new Input(bodyLength === "chunked" ? Number.POSITIVE_INFINITY : bodyLength, idleSource);
  input.receive(Buffer.from(body, "latin1"));
  const errorLines: string[] = [];
  const environ = createEnviron(cgi, packet, {
    server: { version: "1.2.3", worker: 1, multiprocess: false, concurrent: true, state: {} },
    parts: {
      input,
      errors: new ErrorLog((line) => errorLines.push(line)),
      signalOwner: new AbortController(),
    },
  });
  return { environ, input, errorLines };
}

/** Call the application, and hand back what can be done with the request and seen of it meanwhile. */
export function startRun(app: AnyApp, setup: RequestSetup = {}): StartedRun {
  const { environ, input, errorLines } = prepareRequest(setup);
  const sink = setup.sink ?? new RecordingSink();
  const log = new RecordingLog();
  const outcomes: Outcome[] = [];
  let finish: (outcome: Outcome) => void = () => undefined;
  const finished = new Promise<Outcome>((resolve) => {
    finish = resolve;
  });
  const onFinished = (outcome: Outcome): void => {
    outcomes.push(outcome);
    finish(outcome);
  };
  // A test may pass what no type checker would let through: that is the point of many of them.
  const run = runApp(app as Application, environ, { sink, log, onFinished });
  const leave = (): void => {
    sink.leave();
    run.clientGone();
  };
  return { environ, input, errorLines, sink, log, run, outcomes, finished, leave };
}

/** Run the application to its end, and look at the whole of what came out. */
export async function runToEnd(app: AnyApp, setup: RequestSetup = {}): Promise<EndedRun> {
  return ended(startRun(app, setup));
}

/** Wait for the end of a run that was started, and check what holds for every run. */
export async function ended(started: StartedRun): Promise<EndedRun> {
  const { sink, log, errorLines, outcomes } = started;
  const outcome = await started.finished;
  await nextTurn();
  expect(sink.violations).toEqual([]);
  expect(outcomes).toHaveLength(1);
  const { head } = sink;
  return {
    outcome,
    status: head && `${head.status} ${head.reason}`,
    headers: head?.headers ?? [],
    body: sink.body,
    ending: sink.ending,
    sink,
    log,
    errorLines,
  };
}

/** Everything that only waits for promises has happened when this resolves. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function bytes(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/**
 * How often a test repeats what never ends: enough that only the gateway can have stopped it, and not so often that
 * a gateway that does not stop hangs the test.
 */
export const ENDLESS = 20_000;

/** The `next` of an iterator that gives this block again and again. */
export function repeating(block: Buffer): () => { done: boolean; value: Buffer } {
  let count = 0;
  return () => {
    count += 1;
    return { done: count > ENDLESS, value: block };
  };
}

/** The values of a header of that exact name. */
export function valuesOf(headers: readonly HeaderPair[], name: string): string[] {
  return headers.filter(([other]) => other === name).map(([, value]) => value);
}

const idleSource = { pause: () => undefined, resume: () => undefined };
