import { type ErrorCode, ProtocolError, UsageError, UwsgiBridgeError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { EarlyHeadBody } from "./early-head.ts";
import { addExtensions, type ConnectionExtensions } from "./extensions.ts";
import { type DescriptorReader, FileWrapper } from "./file-wrapper.ts";
import type { ResponseSink } from "./response-sink.ts";
import { describe } from "./response-start.ts";
import { ResponseWriter } from "./response-writer.ts";
import type { Application, Environ, Outcome, ResponseFinished } from "./types.ts";

/** What a run needs besides the application and its environ. */
export interface RunOptions {
  readonly sink: ResponseSink;
  readonly log: Logger;
  /** Called once, after the response ended, the body was closed and the `response_finished` callables ran. */
  readonly onFinished: (outcome: Outcome) => void;
  /** What the connection can do besides, if anything. */
  readonly extensions?: ConnectionExtensions | undefined;
  /** Lets files with a descriptor be read without the application. */
  readonly descriptors?: DescriptorReader;
}

/** Engines that know `using` give every generator a disposal. It calls `return()`, which we do ourselves, and may never settle. */
const BUILT_IN_DISPOSALS = new Set<unknown>([
  Reflect.get((function* () {})(), Symbol.dispose),
  Reflect.get((async function* () {})(), Symbol.asyncDispose),
]);

/** Call the application with this environ, and see its response through to the end. */
export function runApp(app: Application, environ: Environ, options: RunOptions): AppRun {
  const run = new AppRun(environ, options);
  run.start(app);
  return run;
}

/** One call of an application: from the call over its body to `close()`, whatever happens in between. */
export class AppRun {
  readonly #environ: Environ;
  /** Method and path for the log, kept from before the application could change its environ. */
  readonly #method: string;
  readonly #path: string;
  readonly #options: RunOptions;
  readonly #finishers: ResponseFinished[];
  readonly #writer: ResponseWriter;
  #body: unknown;
  #iterator: Iterator<unknown> | AsyncIterator<unknown> | undefined;
  /** The application is thinking about its next block, perhaps for ever. */
  #isPulling = false;
  #isSettled = false;
  #error: unknown;

  constructor(environ: Environ, options: RunOptions) {
    this.#environ = environ;
    this.#method = environ.REQUEST_METHOD;
    this.#path = environ.SCRIPT_NAME + environ.PATH_INFO;
    this.#options = options;
    this.#finishers = environ["uwsgi_bridge.response_finished"];
    this.#writer = new ResponseWriter(environ.REQUEST_METHOD, options.sink);
    if (options.extensions) addExtensions(environ, this.#writer, options.extensions);
  }

  start(app: Application): void {
    let result: unknown;
    try {
      result = app(this.#environ, this.#writer.startResponse);
    } catch (error) {
      this.#failed(error);
      return;
    }
    if (isThenable(result)) {
      // Of the language's own promises this makes no second one; of others it sees to it that they settle once.
      Promise.resolve(result).then(
        (body) => this.#deliver(body),
        (error: unknown) => this.#failed(error),
      );
    } else {
      this.#deliver(result);
    }
  }

  /** The peer left. A body that is being pulled is stopped and closed at once. */
  clientGone(): void {
    if (this.#isPulling) this.#settle(this.#writer.isSwitched ? "complete" : "client-gone");
  }

  #deliver(body: unknown): void {
    this.#body = body;
    if (this.#writer.isSwitched) {
      this.#settle("complete");
      return;
    }
    if (this.#options.sink.isGone) {
      this.#settle("client-gone");
      return;
    }
    try {
      assertBody(body);
      if (Array.isArray(body)) this.#deliverWhole(body);
      else void this.#iterate(this.#shortcut(body));
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The common case, without a promise: everything is known and the connection takes it. */
  #deliverWhole(blocks: readonly unknown[]): void {
    const prepared = this.#writer.prepareWhole(blocks);
    const [first] = prepared;
    if (prepared.length > 1) {
      void this.#iterate(prepared);
      return;
    }
    if (first) void this.#writer.emit(first);
    this.#ended();
  }

  #shortcut(body: Iterable<unknown> | AsyncIterable<unknown>): Iterable<unknown> | AsyncIterable<unknown> {
    const { descriptors } = this.#options;
    if (!descriptors || !(body instanceof FileWrapper) || !body.hasDescriptor) return body;
    return body.readBy(descriptors, this.#writer.room);
  }

  async #iterate(body: Iterable<unknown> | AsyncIterable<unknown>): Promise<void> {
    if (EarlyHeadBody.isOne(body)) void body.untilHeadLeaves()?.then(() => this.#sendHead());
    try {
      if (Symbol.asyncIterator in body) await this.#pullAsync(body[Symbol.asyncIterator]());
      else await this.#pullSync(body[Symbol.iterator]());
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#ended();
  }

  /** The head of a body that keeps us waiting. */
  #sendHead(): void {
    if (this.#isPulling && !this.#isSettled && !this.#options.sink.isGone) this.#writer.sendHead();
  }

  async #pullAsync(iterator: AsyncIterator<unknown>): Promise<void> {
    this.#iterator = iterator;
    while (!this.#isSettled && this.#writer.wantsMore) {
      const step = await this.#pull(iterator);
      if (this.#isSettled) return;
      if (step.done) {
        this.#iterator = undefined;
        return;
      }
      const isFull = this.#writer.emit(step.value);
      if (isFull) await isFull;
    }
  }

  async #pull(iterator: AsyncIterator<unknown>): Promise<IteratorResult<unknown>> {
    this.#isPulling = true;
    try {
      return await iterator.next();
    } catch (error) {
      // An iterator that threw has ended: it is not asked to return.
      this.#iterator = undefined;
      throw error;
    } finally {
      this.#isPulling = false;
    }
  }

  async #pullSync(iterator: Iterator<unknown>): Promise<void> {
    while (this.#writer.wantsMore) {
      this.#iterator = undefined;
      const step = iterator.next();
      if (step.done) return;
      this.#iterator = iterator;
      const isFull = this.#writer.emit(step.value);
      if (isFull) await isFull;
      const otherTurns = this.#options.sink.breathe();
      if (otherTurns) await otherTurns;
    }
  }

  #ended(): void {
    if (this.#isSettled) return;
    if (this.#options.sink.isGone && !this.#writer.isComplete) {
      this.#settle("client-gone");
      return;
    }
    try {
      const isWhole = this.#writer.end();
      if (!isWhole) this.#complain("the body is shorter than its Content-Length");
      else if (this.#writer.hasSurplus)
        this.#complain("the body is longer than its Content-Length, the rest was cut");
      this.#settle(isWhole ? "complete" : "short-body");
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (this.#isSettled) return;
    this.#error = error;
    if (this.#options.sink.isGone || hasCode(error, "UWB_ERR_CLIENT_GONE")) {
      this.#writer.fail(400);
      this.#settle("client-gone");
      return;
    }
    const code = error instanceof UwsgiBridgeError ? error.code : undefined;
    if (error instanceof ProtocolError) {
      this.#options.log.warn({ code, ...this.#where() }, error.message);
      this.#writer.fail(error.statusHint);
    } else {
      this.#options.log.error({ err: error, code, ...this.#where() }, "the application failed");
      this.#writer.fail();
    }
    this.#settle("app-error");
  }

  #complain(message: string): void {
    const sent = this.#writer.bytesSent;
    this.#options.log.warn({ bytesSent: sent, ...this.#where() }, message);
  }

  #where(): { method: string; path: string } {
    return { method: this.#method, path: this.#path };
  }

  #settle(outcome: Outcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const needsClosing = this.#iterator !== undefined || closerOf(this.#body) !== undefined;
    if (!needsClosing && this.#finishers.length === 0) this.#options.onFinished(outcome);
    else void this.#cleanUp(outcome);
  }

  async #cleanUp(outcome: Outcome): Promise<void> {
    const iterator = this.#iterator;
    // A pending next() may never settle, and return() queues behind it: ask, but do not wait.
    if (this.#isPulling) void this.#quietly(() => iterator?.return?.());
    else await this.#quietly(() => iterator?.return?.());
    await this.#quietly(closerOf(this.#body));
    for (const finisher of [...this.#finishers].reverse()) {
      await this.#quietly(() =>
        finisher({
          environ: this.#environ,
          status: this.#writer.status,
          headers: this.#writer.headers,
          bytesSent: this.#writer.bytesSent,
          outcome,
          error: this.#error,
        }),
      );
    }
    this.#options.onFinished(outcome);
  }

  async #quietly(action: (() => unknown) | undefined): Promise<void> {
    try {
      await action?.();
    } catch (error) {
      // A stream that failed says so again when it is disposed of.
      if (error !== undefined && error === this.#error) return;
      this.#options.log.error({ err: error, ...this.#where() }, "cleaning up after a response failed");
    }
  }
}

function assertBody(body: unknown): asserts body is Iterable<unknown> | AsyncIterable<unknown> {
  const advice = adviceOn(body);
  if (advice === undefined) return;
  throw new UsageError("UWB_ERR_RESULT", `the application returned ${describe(body)}, ${advice}`);
}

function adviceOn(body: unknown): string | undefined {
  if (typeof body === "string") return "whose characters are no blocks: return [Buffer.from(text)]";
  if (body instanceof Uint8Array) return "whose elements are no blocks: return [bytes]";
  const isIterable =
    typeof body === "object" && body !== null && (Symbol.asyncIterator in body || Symbol.iterator in body);
  return isIterable ? undefined : "which can not be iterated; return an iterable of bytes, if only []";
}

/** `close()`, else the disposal methods of the language. */
function closerOf(body: unknown): (() => unknown) | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  for (const name of ["close", Symbol.asyncDispose, Symbol.dispose]) {
    const method: unknown = Reflect.get(body, name);
    if (typeof method !== "function" || BUILT_IN_DISPOSALS.has(method)) continue;
    return () => Reflect.apply(method, body, []);
  }
  return undefined;
}

function isThenable(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof UwsgiBridgeError && error.code === code;
}
