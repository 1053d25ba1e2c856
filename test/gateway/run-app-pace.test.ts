import { describe, expect, test } from "vitest";
import { RecordingSink } from "../support/recording-sink.ts";
import { type AnyApp, bytes, ENDLESS, ended, nextTurn, startRun } from "./run-gateway.ts";

/** Yields `1`, `2`, ... and counts how often it was asked. */
class Counting {
  asked = 0;
  readonly #end: number;

  constructor(end: number) {
    this.#end = end;
  }

  *[Symbol.iterator](): Generator<Buffer> {
    while (this.asked < this.#end) {
      this.asked += 1;
      yield bytes(String(this.asked));
    }
  }
}

const kinds: Record<string, (source: Counting) => unknown> = {
  "a synchronous body": (source) => source,
  "an asynchronous body": async function* (source) {
    yield* source;
  },
};

describe.each(Object.entries(kinds))("%s", (_kind, make) => {
  test("is asked for no block while the connection is full", async () => {
    const sink = new RecordingSink();
    sink.fill();
    const source = new Counting(3);
    const started = startRun(
      responding(() => make(source)),
      { sink },
    );
    await nextTurn();
    expect({ asked: source.asked, body: sink.body }).toEqual({ asked: 1, body: "1" });
    sink.drain();
    sink.fill();
    await nextTurn();
    expect({ asked: source.asked, body: sink.body }).toEqual({ asked: 2, body: "12" });
    sink.drain();
    expect(await ended(started)).toMatchObject({ outcome: "complete", body: "123" });
  });

  test("starts behind a connection that write() filled, and waits behind its own first block", async () => {
    const sink = new RecordingSink();
    const source = new Counting(2);
    const app: AnyApp = (_environ, startResponse) => {
      const write = startResponse("200 OK", []);
      sink.fill();
      void write(bytes("0"));
      return make(source);
    };
    const started = startRun(app, { sink });
    await nextTurn();
    expect({ asked: source.asked, body: sink.body }).toEqual({ asked: 1, body: "01" });
    sink.drain();
    expect(await ended(started)).toMatchObject({ outcome: "complete", body: "012" });
  });

  test("that is endless is asked a handful of times by a peer that reads nothing", async () => {
    const sink = new RecordingSink();
    sink.fill();
    const source = new Counting(ENDLESS);
    const started = startRun(
      responding(() => make(source)),
      { sink },
    );
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
    expect(source.asked).toBe(1);
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone" });
    expect(source.asked).toBe(1);
  });
});

describe("write()", () => {
  test("returns nothing while the connection takes bytes, and a promise when it is full", async () => {
    const sink = new RecordingSink();
    const order: string[] = [];
    const app: AnyApp = async (_environ, startResponse) => {
      const write = startResponse("200 OK", []);
      expect(write(bytes("a"))).toBeUndefined();
      sink.fill();
      const isFull = write(bytes("b"));
      expect(isFull).toBeInstanceOf(Promise);
      await isFull;
      order.push("went on");
      return [];
    };
    const started = startRun(app, { sink });
    await nextTurn();
    expect({ order, body: sink.body }).toEqual({ order: [], body: "ab" });
    sink.drain();
    expect(await ended(started)).toMatchObject({ outcome: "complete", body: "ab" });
    expect(order).toEqual(["went on"]);
  });

  test("that starts the response returns that promise too", async () => {
    const sink = new RecordingSink();
    sink.fill();
    let first: unknown;
    const started = startRun(
      (_environ, startResponse) => {
        first = startResponse("200 OK", [])(bytes("a"));
        return [];
      },
      { sink },
    );
    await ended(started);
    expect(first).toBeInstanceOf(Promise);
  });

  test("that waits when the client leaves goes on, and the next one throws", async () => {
    const sink = new RecordingSink();
    const steps: string[] = [];
    const started = startRun(
      async (_environ, startResponse) => {
        const write = startResponse("200 OK", []);
        sink.fill();
        await write(bytes("a"));
        steps.push("went on");
        await write(bytes("b"));
        steps.push("never");
      },
      { sink },
    );
    await nextTurn();
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone", body: "a" });
    expect(steps).toEqual(["went on"]);
  });
});

describe("an array", () => {
  test("of blocks too large to join is sent block by block, at the pace of the peer", async () => {
    const sink = new RecordingSink();
    sink.fill();
    const blocks = [Buffer.alloc(20_000, "a"), Buffer.alloc(20_000, "b")];
    const started = startRun(
      responding(() => blocks),
      { sink },
    );
    await nextTurn();
    expect(sink.blocks).toHaveLength(1);
    sink.drain();
    expect(await ended(started)).toMatchObject({ outcome: "complete" });
    expect(sink.blocks).toEqual(blocks);
  });

  test("that leaves in one block does not wait: the run is over when it is handed over", () => {
    const sink = new RecordingSink();
    sink.fill();
    const started = startRun(
      responding(() => [bytes("a"), bytes("b")]),
      { sink },
    );
    expect(started.outcomes).toEqual(["complete"]);
    expect(sink.body).toBe("ab");
  });
});

describe("others get their turn", () => {
  test("during a synchronous body that never ends", async () => {
    const sink = new RecordingSink();
    sink.turnEvery = 100;
    const source = new Counting(ENDLESS);
    const started = startRun(
      responding(() => source),
      { sink },
    );
    await nextTurn();
    const hadTurn = source.asked;
    expect(hadTurn).toBeGreaterThanOrEqual(100);
    await nextTurn();
    expect(source.asked).toBeGreaterThan(hadTurn);
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone" });
  });

  test("during one that yields nothing but empty blocks too", async () => {
    const sink = new RecordingSink();
    sink.turnEvery = 100;
    const started = startRun(
      responding(function* () {
        for (let count = 0; count < ENDLESS; count += 1) yield bytes("");
      }),
      { sink },
    );
    await nextTurn();
    expect(sink.breaths).toBeGreaterThanOrEqual(100);
    expect(sink.isUntouched).toBe(true);
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone" });
  });

  test("is asked once per block", async () => {
    const started = startRun(responding(() => new Counting(5)));
    await ended(started);
    expect(started.sink.breaths).toBe(5);
  });

  test("and is not asked for a body that is asynchronous or leaves in one block", async () => {
    for (const body of [Object.values(kinds)[1]?.(new Counting(3)), [bytes("a"), bytes("b")]]) {
      const started = startRun(responding(() => body));
      await ended(started);
      expect(started.sink.breaths).toBe(0);
    }
  });
});

function responding(body: () => unknown): AnyApp {
  return (_environ, startResponse) => {
    startResponse("200 OK", []);
    return body();
  };
}
