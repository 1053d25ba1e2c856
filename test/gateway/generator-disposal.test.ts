import { expect, test, vi } from "vitest";
import { bytes, ENDLESS, ended, nextTurn, runToEnd, startRun } from "./run-gateway.ts";

// Node 24 gives every generator a disposal that calls return(). Older versions get the same here, before anything is loaded.
vi.hoisted(() => {
  const iterators: object = Object.getPrototypeOf(Object.getPrototypeOf([].values()));
  const generator: object = Object.getPrototypeOf(async function* () {}).prototype;
  const asyncIterators: object = Object.getPrototypeOf(generator);
  const define = (target: object, key: symbol, value: unknown) => {
    if (!Object.hasOwn(target, key)) {
      Object.defineProperty(target, key, { value, writable: true, configurable: true });
    }
  };
  define(iterators, Symbol.dispose, function (this: Iterator<unknown>) {
    this.return?.();
  });
  define(asyncIterators, Symbol.asyncDispose, async function (this: AsyncIterator<unknown>) {
    await this.return?.();
  });
});

test("a generator that waits for ever does not hold its request when the client leaves", async () => {
  const started = startRun(async function* (_environ, startResponse) {
    startResponse("200 OK", []);
    yield bytes("part");
    await new Promise(() => {});
  });
  await nextTurn();
  started.leave();
  await nextTurn();
  expect(started.outcomes).toEqual(["client-gone"]);
});

test("a generator is not disposed of by the means of the language: return() is enough", async () => {
  for (const kind of ["sync", "async"]) {
    let finallies = 0;
    const body = function* () {
      try {
        for (let count = 0; count < ENDLESS; count += 1) yield bytes("x");
      } finally {
        finallies += 1;
      }
    };
    const run = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", [["Content-Length", "1"]]);
      return kind === "sync"
        ? body()
        : (async function* () {
            yield* body();
          })();
    });
    expect(run.outcome).toBe("complete");
    expect(finallies).toBe(1);
  }
});

test("a generator that ended leaves nothing to clean up: the run is over at once", () => {
  const started = startRun(function* (_environ, startResponse) {
    startResponse("200 OK", []);
    yield bytes("x");
  });
  return nextTurn().then(() => {
    expect(started.outcomes).toEqual(["complete"]);
  });
});

test("a disposal that the application gave its generator is called", async () => {
  for (const key of [Symbol.dispose, Symbol.asyncDispose]) {
    let disposed = 0;
    const started = startRun((_environ, startResponse) => {
      startResponse("200 OK", []);
      const body = (async function* () {
        yield bytes("x");
      })();
      const dispose = () => {
        disposed += 1;
      };
      return Object.defineProperty(body, key, { value: dispose });
    });
    await ended(started);
    expect(disposed).toBe(1);
  }
});
