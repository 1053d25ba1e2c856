import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { fromFetch } from "../../../src/adapters/index.ts";
import { bytes, ended, nextTurn, runToEnd } from "../../gateway/run-gateway.ts";
import { RecordingSink } from "../../support/recording-sink.ts";
import { signal } from "../../support/wait.ts";
import {
  clientGone,
  type FetchSetup,
  type Kind,
  kinds,
  restoreGlobalsAfterEach,
  runFetch,
  seenBy,
  startFetch,
} from "./run.ts";

restoreGlobalsAfterEach();

const abortError = expect.objectContaining({
  name: "AbortError",
  cause: expect.objectContaining({ code: "UWB_ERR_CLIENT_GONE" }),
});

describe.each(kinds)("%s: a client that leaves", (kind) => {
  test("while the handler thinks: its signal is aborted at once, and its answer is dropped", async () => {
    const answer = signal<Response>();
    let theSignal: AbortSignal | undefined;
    const cancelled: unknown[] = [];
    const started = startFetch(
      (request) => {
        theSignal = request.signal;
        return answer.promise;
      },
      { kind },
    );
    await nextTurn();
    expect(theSignal?.aborted).toBe(false);
    started.leave();
    expect(theSignal?.aborted).toBe(true);
    expect(theSignal?.reason).toBeInstanceOf(DOMException);
    expect(theSignal?.reason).toEqual(abortError);
    answer.resolve(new Response(new ReadableStream({ cancel: (reason) => void cancelled.push(reason) })));
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone", status: undefined });
    expect(run.log.lines).toEqual([]);
    expect(cancelled).toEqual([theSignal?.reason]);
  });

  test("before the handler looks at the signal", async () => {
    const gone = signal();
    let reason: unknown;
    const started = startFetch(
      async (request) => {
        await gone.promise;
        reason = request.signal.reason;
        request.signal.throwIfAborted();
        return new Response("never");
      },
      { kind },
    );
    await nextTurn();
    started.leave();
    gone.resolve();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone", status: undefined });
    expect(reason).toEqual(abortError);
  });

  test("before the handler is called", async () => {
    const app = fromFetch((request) => new Response(String(request.signal.reason)), { requestObject: kind });
    const run = await runToEnd((environ, startResponse) => {
      environ["uwsgi_bridge.signal"] = AbortSignal.abort(clientGone());
      return app(environ, startResponse);
    });
    expect(run.body).toMatch(/^AbortError: /);
  });

  test("a signal that middleware put there, with an error of Fetch: that error stays", async () => {
    const reason = new DOMException("too slow", "TimeoutError");
    let seen: unknown;
    const app = fromFetch(
      (request) => {
        seen = request.signal.reason;
        return new Response("x");
      },
      { requestObject: kind },
    );
    await runToEnd((environ, startResponse) => {
      environ["uwsgi_bridge.signal"] = AbortSignal.abort(reason);
      return app(environ, startResponse);
    });
    expect(seen).toBe(reason);
  });

  test.each([
    ["text()", (request: Request) => request.text()],
    ["json()", (request: Request) => request.json()],
    ["arrayBuffer()", (request: Request) => request.arrayBuffer()],
    ["blob()", (request: Request) => request.blob()],
    ["formData()", (request: Request) => request.formData()],
    ["the stream", (request: Request) => request.body?.getReader().read()],
    ["a clone", (request: Request) => request.clone().text()],
  ])("while %s waits for the rest of the body: it rejects with the same error", async (_what, read) => {
    const seen: unknown[] = [];
    const started = startFetch(
      async (request) => {
        try {
          await read(request);
        } catch (error) {
          seen.push(error, request.signal.reason);
          throw error;
        }
        return new Response("never");
      },
      partOf(kind, ""),
    );
    await nextTurn();
    expect(seen).toEqual([]);
    started.leave();
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone", status: undefined });
    expect(run.log.lines).toEqual([]);
    expect(seen).toEqual([abortError, abortError]);
    expect(seen[0]).toBe(seen[1]);
  });

  test("what has arrived can still be read", async () => {
    const gone = signal();
    const blocks: unknown[] = [];
    const started = startFetch(
      async (request) => {
        await gone.promise;
        const reader = request.body?.getReader();
        blocks.push(Buffer.from((await reader?.read())?.value ?? []).toString());
        blocks.push(await reader?.read().catch((error: unknown) => error));
        return new Response("never");
      },
      partOf(kind, "part"),
    );
    started.leave();
    gone.resolve();
    await ended(started);
    expect(blocks).toEqual(["part", abortError]);
  });

  test("a handler that does not mind goes on, and nobody hears of its error", async () => {
    const gone = signal();
    const started = startFetch(
      async () => {
        await gone.promise;
        throw new Error("in vain");
      },
      { kind },
    );
    started.leave();
    gone.resolve();
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone" });
    expect(run.log.lines).toEqual([]);
  });

  test.each([
    ["its body", (request: Request) => request.text()],
    ["something else", (request: Request) => failWhenAborted(request.signal)],
  ])("onError is not asked for an answer that nobody waits for, when %s fails", async (_what, wait) => {
    const told: unknown[] = [];
    const onError = (error: unknown): Response => {
      told.push(error);
      return new Response("sorry");
    };
    const started = startFetch(wait, { ...partOf(kind, ""), onError });
    await nextTurn();
    started.leave();
    expect((await ended(started)).errorLines).toEqual([]);
    expect(told).toEqual([]);
  });

  test("while the Response is streamed: the stream is cancelled with the signal's error", async () => {
    const cancelled: unknown[] = [];
    let theSignal: AbortSignal | undefined;
    const started = startFetch(
      (request) => {
        theSignal = request.signal;
        return new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(bytes("part")),
            cancel: (reason) => void cancelled.push(reason),
          }),
        );
      },
      { kind },
    );
    await nextTurn();
    expect(started.sink.body).toBe("part");
    started.leave();
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone", body: "part", ending: undefined });
    expect(run.log.lines).toEqual([]);
    expect(cancelled).toEqual([abortError]);
    expect(cancelled[0]).toBe(theSignal?.reason);
  });

  test("while it takes nothing: the stream is cancelled", async () => {
    const cancelled: unknown[] = [];
    const sink = new RecordingSink();
    sink.fill();
    const body = new ReadableStream(
      {
        pull: (controller) => controller.enqueue(bytes("x")),
        cancel: (reason) => void cancelled.push(reason),
      },
      { highWaterMark: 0 },
    );
    const started = startFetch(() => new Response(body), { kind, sink });
    await nextTurn();
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone", body: "x" });
    expect(cancelled).toEqual([abortError]);
  });

  test("a stream that fails with the signal, as that of fetch() does, is not logged", async () => {
    const started = startFetch(
      (request) =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(bytes("part"));
              request.signal.addEventListener("abort", () => controller.error(request.signal.reason));
            },
          }),
        ),
      { kind },
    );
    await nextTurn();
    started.leave();
    const run = await ended(started);
    expect(run).toMatchObject({ outcome: "client-gone", body: "part" });
    expect(run.log.lines).toEqual([]);
  });

  test("a cancel that fails for a reason of its own is logged", async () => {
    const error = new Error("cancel failed");
    const body = new ReadableStream({ cancel: () => Promise.reject(error) });
    const started = startFetch(() => new Response(body), { kind });
    await nextTurn();
    started.leave();
    expect((await ended(started)).log.lines).toMatchObject([{ level: "error", fields: { err: error } }]);
  });

  test("the signals of a clone and of a new Request follow", async () => {
    const signals: AbortSignal[] = [];
    const started = startFetch(
      (request) => {
        signals.push(request.clone().signal, new Request(request).signal, request.signal);
        return new Promise(() => undefined);
      },
      { kind },
    );
    await nextTurn();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, false]);
    started.leave();
    expect(signals.map(({ reason }) => reason)).toEqual([abortError, abortError, abortError]);
  });

  test("the signal works when nothing else of the request is in use", async () => {
    let theSignal: AbortSignal | undefined;
    const started = startFetch(
      (request) => {
        theSignal = request.signal;
        return new Promise(() => undefined);
      },
      { kind },
    );
    for (let count = 0; count < 5; count += 1) {
      await nextTurn();
      collectGarbage();
    }
    started.leave();
    expect(theSignal?.aborted).toBe(true);
  });
});

describe.each(kinds)("%s: no client leaves", (kind) => {
  test("the signal is not aborted, neither before nor after the response", async () => {
    let theSignal: AbortSignal | undefined;
    const aborts: unknown[] = [];
    await runFetch(
      (request) => {
        theSignal = request.signal;
        theSignal.addEventListener("abort", (event) => aborts.push(event));
        return new Response("x");
      },
      { kind },
    );
    await nextTurn();
    expect([theSignal?.aborted, aborts]).toEqual([false, []]);
  });

  test("the same signal each time", async () => {
    expect(
      await seenBy(
        (request) => {
          const { signal: first } = request;
          return first === request.signal;
        },
        { kind },
      ),
    ).toBe(true);
  });

  test.each([
    ["without onError", {}],
    ["with onError", { onError: () => new Response("sorry") }],
  ])(
    "a body that is broken off while the client still waits: the answer is 400, %s",
    async (_what, setup) => {
      const seen: unknown[] = [];
      const started = startFetch(
        async (request) => {
          try {
            return new Response(await request.text());
          } catch (error) {
            seen.push(error, request.signal.aborted);
            throw error;
          }
        },
        { ...partOf(kind, "part"), ...setup },
      );
      await nextTurn();
      started.input.fail(clientGone());
      expect(await ended(started)).toMatchObject({ outcome: "client-gone", status: "400 Bad Request" });
      expect(seen).toEqual([abortError, false]);
    },
  );

  test("a body that fails for another reason: the read rejects with that", async () => {
    const error = new Error("spool is full");
    for (const read of [
      (request: Request) => request.text(),
      (request: Request) => request.body?.getReader().read(),
    ]) {
      const seen: unknown[] = [];
      const started = startFetch(
        async (request) => {
          seen.push(await Promise.resolve(read(request)).catch((caught: unknown) => caught));
          return new Response("ok");
        },
        partOf(kind, ""),
      );
      await nextTurn();
      started.input.fail(error);
      expect(await ended(started)).toMatchObject({ outcome: "complete", body: "ok" });
      expect(seen).toEqual([error]);
    }
  });
});

/** A request of which not all of the body has come. */
function partOf(kind: Kind, body: string): FetchSetup {
  return { kind, body, vars: { REQUEST_METHOD: "POST", CONTENT_LENGTH: String(body.length + 10) } };
}

async function failWhenAborted(theSignal: AbortSignal): Promise<never> {
  await new Promise((resolve) => theSignal.addEventListener("abort", resolve));
  throw new Error("in vain");
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
