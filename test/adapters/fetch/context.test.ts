import { describe, expect, test } from "vitest";
import type { FetchContext } from "../../../src/adapters/index.ts";
import type { Environ } from "../../../src/gateway/types.ts";
import { ended, nextTurn } from "../../gateway/run-gateway.ts";
import { signal } from "../../support/wait.ts";
import { kinds, restoreGlobalsAfterEach, runFetch, startFetch } from "./run.ts";

restoreGlobalsAfterEach();

describe.each(kinds)("%s: the context", (kind) => {
  test("is the second argument, and the third, and has the environ and the address", async () => {
    const seen: unknown[] = [];
    const handler = (...args: unknown[]) => {
      seen.push(...args);
      return new Response("x");
    };
    const vars = { REMOTE_ADDR: "192.0.2.1", HTTP_X_A: "1" };
    await runFetch(handler, { kind, vars });
    const [, context, again] = seen as [Request, FetchContext, unknown];
    expect(seen).toHaveLength(3);
    expect(again).toBe(context);
    expect(context.remoteAddress).toBe("192.0.2.1");
    expect(context.environ).toMatchObject({ ...vars, REQUEST_METHOD: "GET" });
  });

  test("the environ is the one that the gateway made", async () => {
    let environ: Environ | undefined;
    const started = startFetch(
      (_request, context) => {
        environ = context?.environ;
        return new Response("x");
      },
      { kind },
    );
    await ended(started);
    expect(environ).toBe(started.environ);
  });

  test("without an address there is none", async () => {
    let context: FetchContext | undefined;
    await runFetch(
      (_request, given) => {
        context = given;
        return new Response("x");
      },
      { kind },
    );
    expect(context?.remoteAddress).toBeUndefined();
  });

  test("the request has waitUntil and ip, where H3 looks for them", async () => {
    const seen: unknown[] = [];
    await runFetch(
      (request, context) => {
        const { waitUntil, ip } = request as Request & { waitUntil: unknown; ip: unknown };
        seen.push(waitUntil === context?.waitUntil, ip);
        return new Response("x");
      },
      { kind, vars: { REMOTE_ADDR: "192.0.2.1" } },
    );
    expect(seen).toEqual([true, "192.0.2.1"]);
  });
});

describe.each(kinds)("%s: waitUntil", (kind) => {
  test("the response goes out, the request is over when the promise settles", async () => {
    const work = signal();
    const started = startFetch(
      (_request, context) => {
        context?.waitUntil(work.promise);
        return new Response("done");
      },
      { kind },
    );
    await nextTurn();
    expect(started.sink).toMatchObject({ body: "done", ending: "complete" });
    await nextTurn();
    expect(started.outcomes).toEqual([]);
    work.resolve();
    expect(await ended(started)).toMatchObject({ outcome: "complete" });
  });

  test("several, one of which asks for another", async () => {
    const works = [signal(), signal(), signal()] as const;
    const started = startFetch(
      (_request, context) => {
        context?.waitUntil(works[0].promise);
        context?.waitUntil(works[1].promise.then(() => context.waitUntil(works[2].promise)));
        return new Response("done");
      },
      { kind },
    );
    for (const { resolve } of works) {
      await nextTurn();
      await nextTurn();
      expect(started.outcomes).toEqual([]);
      resolve();
    }
    expect(await ended(started)).toMatchObject({ outcome: "complete" });
  });

  test("asked for while the body is streamed, and taken out of the context", async () => {
    const work = signal();
    const started = startFetch(
      (_request, context) => {
        const { waitUntil } = context as FetchContext;
        return new Response(
          new ReadableStream(
            {
              pull(controller) {
                waitUntil(work.promise);
                controller.close();
              },
            },
            { highWaterMark: 0 },
          ),
        );
      },
      { kind },
    );
    await nextTurn();
    await nextTurn();
    expect(started.sink.ending).toBe("complete");
    expect(started.outcomes).toEqual([]);
    work.resolve();
    expect(await ended(started)).toMatchObject({ outcome: "complete" });
  });

  test("asked for while the stream is cancelled", async () => {
    const work = signal();
    const started = startFetch(
      (_request, context) =>
        new Response(new ReadableStream({ cancel: () => context?.waitUntil(work.promise) })),
      { kind },
    );
    await nextTurn();
    started.leave();
    await nextTurn();
    await nextTurn();
    expect(started.outcomes).toEqual([]);
    work.resolve();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone" });
  });

  test.each([
    ["at once", () => Promise.reject(new Error("background"))],
    ["later, before the response", () => nextTurn().then(() => Promise.reject(new Error("background")))],
    ["after the response", () => nextTurns(4).then(() => Promise.reject(new Error("background")))],
  ])("a rejection %s is written to wsgi.errors, and harms nothing", async (_when, work) => {
    const run = await runFetch(
      async (_request, context) => {
        context?.waitUntil(work());
        await nextTurns(2);
        return new Response("done");
      },
      { kind },
    );
    expect(run).toMatchObject({ status: "200 OK", body: "done", outcome: "complete" });
    expect(run.log.lines).toEqual([]);
    expect(run.errorLines[0]).toBe("a promise given to waitUntil was rejected: Error: background");
    expect(run.errorLines[1]).toMatch(/^ +at /);
  });

  test("a rejection does not stop the wait for the others", async () => {
    const work = signal();
    const started = startFetch(
      (_request, context) => {
        context?.waitUntil(work.promise);
        context?.waitUntil(Promise.reject(new Error("background")));
        return new Response("done");
      },
      { kind },
    );
    await nextTurns(3);
    expect(started.outcomes).toEqual([]);
    work.resolve();
    expect((await ended(started)).errorLines[0]).toContain("background");
  });

  test("a handler that fails is waited for as well", async () => {
    const work = signal();
    const started = startFetch(
      (_request, context) => {
        context?.waitUntil(work.promise);
        throw new Error("boom");
      },
      { kind },
    );
    await nextTurns(2);
    expect(started.sink.head?.status).toBe(500);
    expect(started.outcomes).toEqual([]);
    work.resolve();
    expect(await ended(started)).toMatchObject({ outcome: "app-error" });
  });

  test("what is no promise is no mistake", async () => {
    const run = await runFetch(
      (_request, context) => {
        context?.waitUntil("text" as unknown as Promise<unknown>);
        return new Response("done");
      },
      { kind },
    );
    expect(run).toMatchObject({ outcome: "complete", errorLines: [] });
  });

  test("asked for too late, it still reports a rejection", async () => {
    let context: FetchContext | undefined;
    const started = startFetch(
      (_request, given) => {
        context = given;
        return new Response("done");
      },
      { kind },
    );
    await ended(started);
    context?.waitUntil(Promise.reject(new Error("late")));
    await nextTurn();
    expect(started.errorLines[0]).toContain("late");
  });
});

async function nextTurns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await nextTurn();
}
