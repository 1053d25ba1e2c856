import { describe, expect, test } from "vitest";
import { fromFetch } from "../../../src/adapters/index.ts";
import { ended, nextTurn, runToEnd } from "../../gateway/run-gateway.ts";
import { RecordingSink } from "../../support/recording-sink.ts";
import { kinds, restoreGlobalsAfterEach, runFetch, startFetch } from "./run.ts";

restoreGlobalsAfterEach();

describe.each(kinds)("%s: a streamed body", (kind) => {
  test("each block leaves when it is there", async () => {
    let push: (text: string) => void = () => undefined;
    let close: () => void = () => undefined;
    const body = new ReadableStream({
      start(controller) {
        push = (text) => controller.enqueue(new TextEncoder().encode(text));
        close = () => controller.close();
      },
    });
    const started = startFetch(() => new Response(body), { kind });
    await nextTurn();
    expect(started.sink.head).toBeUndefined();
    push("one");
    await nextTurn();
    expect(started.sink.body).toBe("one");
    push("two");
    await nextTurn();
    expect(started.sink.body).toBe("onetwo");
    close();
    expect(await ended(started)).toMatchObject({ body: "onetwo", outcome: "complete" });
  });

  test("of events: the head leaves before the first of them, so that the client knows it is connected", async () => {
    const headers = { "Content-Type": "text/event-stream" };
    const started = startFetch(() => new Response(new ReadableStream(), { headers }), { kind });
    await nextTurn();
    await nextTurn();
    expect(started.sink.head?.status).toBe(200);
    expect(started.sink.body).toBe("");
  });

  test("is read at the pace of the client", async () => {
    let pulls = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          pulls += 1;
          if (pulls > 4) controller.close();
          else controller.enqueue(Uint8Array.of(pulls));
        },
      },
      { highWaterMark: 0 },
    );
    const sink = new RecordingSink();
    sink.fill();
    const started = startFetch(() => new Response(body), { kind, sink });
    for (let count = 1; count <= 3; count += 1) {
      await nextTurn();
      await nextTurn();
      expect(pulls).toBe(count);
      sink.drain();
      sink.fill();
    }
    sink.drain();
    expect(await ended(started)).toMatchObject({ body: "\u0001\u0002\u0003\u0004", outcome: "complete" });
  });

  test("middleware that stops early cancels it", async () => {
    const cancelled: unknown[] = [];
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(Buffer.from("x")),
      cancel: (reason) => void cancelled.push(reason),
    });
    const app = fromFetch(() => new Response(body), { requestObject: kind });
    const run = await runToEnd(async function* (environ, startResponse) {
      for await (const block of await app(environ, startResponse)) {
        yield block;
        break;
      }
    });
    expect(run).toMatchObject({ body: "x", outcome: "complete" });
    expect(cancelled).toEqual([undefined]);
  });

  test.each([
    ["a string", "text"],
    ["a number", 5],
    ["null", null],
    ["an ArrayBuffer", new ArrayBuffer(1)],
    ["another view", Uint16Array.of(1)],
  ])("%s in it is an error: 500 when it is the first, else the response is aborted", async (_what, block) => {
    const cancelled: unknown[] = [];
    const make = (...blocks: unknown[]): Response => {
      const left = [...blocks, block];
      return new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(left.shift() as Uint8Array),
          cancel: (reason) => void cancelled.push(reason),
        }),
      );
    };
    const first = await runFetch(() => make(), { kind });
    expect(first).toMatchObject({ status: "500 Internal Server Error", outcome: "app-error" });
    expect(first.log.codes).toEqual(["UWB_ERR_CHUNK"]);
    const later = await runFetch(() => make(Buffer.from("good")), { kind });
    expect(later).toMatchObject({ status: "200 OK", body: "good", ending: "aborted" });
    expect(later.log.codes).toEqual(["UWB_ERR_CHUNK"]);
    expect(cancelled).toEqual([undefined, undefined]);
  });

  test("an error in it: 500 when nothing was sent, else the response is aborted; it is logged as it is", async () => {
    const failing = (...blocks: string[]) => {
      const left = [...blocks];
      return new Response(
        new ReadableStream(
          {
            pull(controller) {
              const block = left.shift();
              if (block === undefined) throw new Error("secret");
              controller.enqueue(Buffer.from(block));
            },
          },
          { highWaterMark: 0 },
        ),
      );
    };
    const first = await runFetch(() => failing(), { kind });
    expect(first).toMatchObject({ status: "500 Internal Server Error", body: "Internal Server Error\n" });
    const later = await runFetch(() => failing("good"), { kind });
    expect(later).toMatchObject({ status: "200 OK", body: "good", ending: "aborted", outcome: "app-error" });
    for (const run of [first, later]) {
      expect(run.log.lines).toMatchObject([{ level: "error", fields: { err: { message: "secret" } } }]);
      expect(run.log.lines).toHaveLength(1);
    }
  });
});
