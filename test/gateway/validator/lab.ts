import { ResponseWriter } from "../../../src/gateway/response-writer.ts";
import type { Application, Environ, StartResponse } from "../../../src/gateway/types.ts";
import { LintError } from "../../../src/gateway/validator/lint-error.ts";
import type { LintMessage } from "../../../src/gateway/validator/lint-message.ts";
import type { LintId } from "../../../src/gateway/validator/rules.ts";
import { validator } from "../../../src/gateway/validator/validator.ts";
import { RecordingSink } from "../../support/recording-sink.ts";
import {
  type AnyApp,
  bytes,
  type EndedRun,
  ended,
  nextTurn,
  prepareRequest,
  type RequestSetup,
  runToEnd,
  startRun,
} from "../run-gateway.ts";

/** A way to break a rule, and what the validator has to say about it. */
export interface Case {
  readonly id: LintId;
  readonly what: string;
  /** What stands in the message between "found" and the fix. */
  readonly found: string;
  readonly provoke: (lab: Lab) => unknown;
}

/** A body as a server sees it: whatever can be done with one, it may try. */
export type AnyBody = Partial<AsyncIterable<unknown> & Iterable<unknown>> & { close(): unknown };

/** Headers that give no cause for a warning. */
export const textHeaders: readonly (readonly [string, string])[] = [
  ["Content-Type", "text/plain; charset=utf-8"],
];

/** An application that breaks no rule. */
export const hello: AnyApp = (_environ, startResponse) => {
  startResponse("200 OK", textHeaders);
  return [bytes("hello")];
};

/** One that announces a text, and answers with this body. */
export function answering(body: () => unknown): AnyApp {
  return (_environ, startResponse) => {
    startResponse("200 OK", textHeaders);
    return body();
  };
}

/** One that calls `startResponse` with whatever it is given, and nothing else. */
export function starting(...args: readonly unknown[]): AnyApp {
  return (_environ, startResponse) => {
    Reflect.apply(startResponse, undefined, args);
    return [];
  };
}

/** Where rules are broken: applications behind a validator, and servers in front of it. */
export class Lab {
  readonly warnings: LintMessage[] = [];
  readonly #strict: boolean;

  constructor(strict = false) {
    this.#strict = strict;
  }

  wrap(app: AnyApp): Application {
    return validator(app as Application, {
      strict: this.#strict,
      onWarning: (warning) => this.warnings.push(warning),
    });
  }

  /** Run an application under the real gateway. What the validator threw is thrown again. */
  async run(app: AnyApp, setup: RequestSetup = {}): Promise<EndedRun> {
    const run = await runToEnd(this.wrap(app), setup);
    for (const { fields } of run.log.lines) {
      if (fields["err"] instanceof LintError) throw fields["err"];
    }
    return run;
  }

  /** Call an application as a server does, and hand back what it gets. */
  call(app: AnyApp, environ: Environ = newEnviron(), startResponse = newStartResponse()): unknown {
    return this.wrap(app)(environ, startResponse);
  }

  /** Call an application as a server does that gets its environ wrong. */
  serve(spoil: (environ: Environ) => unknown): unknown {
    const environ = newEnviron();
    return this.call(hello, (spoil(environ) ?? environ) as Environ);
  }

  /** Have an application return this body, and hand back what the server gets. */
  body(body: unknown, startResponse: StartResponse = newStartResponse()): AnyBody {
    return this.call(
      answering(() => body),
      newEnviron(),
      startResponse,
    ) as AnyBody;
  }
}

export function newEnviron(setup: RequestSetup = {}): Environ {
  return prepareRequest(setup).environ;
}

/** One that works, of a connection in memory. */
export function newStartResponse(): StartResponse {
  return new ResponseWriter("GET", new RecordingSink()).startResponse;
}

/** Set these keys; those that are undefined are deleted. */
export function setting(entries: Readonly<Record<string, unknown>>): (environ: Environ) => void {
  return (environ) => {
    for (const [key, value] of Object.entries(entries)) {
      if (value === undefined) delete environ[key];
      else environ[key] = value;
    }
  };
}

/** Everything that can be seen of a run from outside. */
export function visible({ sink, log, ...run }: EndedRun): unknown {
  return {
    ...run,
    first: sink.first && { ...sink.first, block: undefined },
    blocks: sink.blocks.map((block) => block.toString("latin1")),
    log: log.lines,
  };
}

/** Run it with a connection that is full whenever something was sent, and has room again a turn later. */
export async function throughNarrow(app: AnyApp, setup: RequestSetup = {}): Promise<EndedRun> {
  const sink = new RecordingSink();
  sink.fill();
  const started = startRun(app, { ...setup, sink });
  while (started.outcomes.length === 0) {
    await nextTurn();
    sink.drain();
    sink.fill();
  }
  return ended(started);
}
