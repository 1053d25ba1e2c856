import { describe, expect, test } from "vitest";
import { openHttp, pieces, startRequest } from "../../support/http-client.ts";
import { sleep } from "../../support/wait.ts";
import type { AppWay } from "./app-way.ts";
import type { AppKind } from "./apps/app-kind.ts";
import { FLOOD_BYTES, waitingReaders } from "./apps/node-pages.ts";
import { newKey, take } from "./response-rows.ts";

const MEBIBYTE = 1024 * 1024;
const UPLOAD_BYTES = 32 * MEBIBYTE;
/** More than all the buffers of the system between the application and a client that has stopped. */
const BUFFERS = 24 * MEBIBYTE;
const QUIET_MS = 200;

/** Clients that stop and clients that leave, row by row of the correctness table. */
export function flowRows(kind: AppKind, way: () => AppWay): void {
  if (!kind.isNode) {
    fetchRows(way);
    return;
  }
  stallRows(way);
  describe("a client that leaves", () => departureRows(way));
}

function stallRows(way: () => AppWay): void {
  test("64 MB for a client that reads nothing: the application waits, and all of it arrives", async () => {
    const key = newKey();
    let written = 0;
    void (async () => {
      for await (const report of way().stage.channel<string>(key)) written = Number(report);
    })();
    const response = await openHttp(way().port, { path: `/raw/flood/${key}` });
    expect(await stillness(() => written)).toBeLessThan(BUFFERS);
    const { body, isWhole } = await response.rest();
    expect([body.length, isWhole]).toEqual([FLOOD_BYTES, true]);
  });

  test("32 MB for an application that reads nothing: the client waits, and all of it arrives", async () => {
    const key = newKey();
    let sent = 0;
    function* counted(): Generator<Buffer> {
      for (const block of pieces(Buffer.alloc(UPLOAD_BYTES, "u"), 65_536)) {
        sent += block.length;
        yield block;
      }
    }
    const { streamingPort, host } = way();
    const answered = openHttp(streamingPort, {
      path: `/raw/lazy/${key}`,
      headers: [
        ["Host", host],
        ["X-Key", key],
        ["Content-Length", String(UPLOAD_BYTES)],
      ],
      body: counted(),
    });
    expect(await take(way(), key, 1)).toEqual(["called"]);
    expect(await stillness(() => sent)).toBeLessThan(BUFFERS);
    waitingReaders.get(key)?.();
    const { body } = await (await answered).rest();
    expect(body.toString()).toBe(String(UPLOAD_BYTES));
  });
}

function departureRows(way: () => AppWay): void {
  test("before the first byte: req and res close, and nothing finishes", async () => {
    const key = newKey();
    const outgoing = startRequest(way().port, { path: `/raw/wait/${key}` });
    outgoing.on("error", () => undefined);
    expect(await take(way(), key, 1)).toEqual(["called"]);
    outgoing.destroy();
    const seen = await take(way(), key, 4);
    expect([...seen].sort()).toEqual(["aborted", "error ECONNRESET", "request close", "response close"]);
  });

  test("during the response: req and res close, and nothing finishes", async () => {
    const key = newKey();
    const response = await openHttp(way().port, { path: `/raw/half/${key}` });
    await response.nextBlock();
    response.leave();
    const seen = await take(way(), key, 5);
    expect([...seen].sort()).toEqual([
      "aborted",
      "called",
      "error ECONNRESET",
      "request close",
      "response close",
    ]);
  });

  test("during its upload: aborted, ECONNRESET, close", async () => {
    const key = newKey();
    const { streamingPort, host } = way();
    const outgoing = startRequest(streamingPort, {
      method: "POST",
      path: `/raw/receive/${key}`,
      headers: [
        ["Host", host],
        ["Content-Length", "1000000"],
      ],
      body: neverEnding(),
    });
    outgoing.on("error", () => undefined);
    const begun = await take(way(), key, 2);
    expect([...begun].sort()).toEqual(["called", "data"]);
    outgoing.destroy();
    const seen = await take(way(), key, 4);
    expect([...seen].sort()).toEqual(["aborted", "error ECONNRESET", "request close", "response close"]);
  });
}

function fetchRows(way: () => AppWay): void {
  test("a client that leaves before the first byte: the signal of the request is aborted", async () => {
    const key = newKey();
    const outgoing = startRequest(way().port, { path: `/leave/${key}` });
    outgoing.on("error", () => undefined);
    expect(await take(way(), key, 1)).toEqual(["called"]);
    outgoing.destroy();
    expect(await take(way(), key, 1)).toEqual(["aborted"]);
  });
}

async function* neverEnding(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(1000);
  await new Promise(() => undefined);
}

/** What a number comes to rest at. */
async function stillness(look: () => number): Promise<number> {
  let last = -1;
  let now = look();
  while (now === 0 || now !== last) {
    last = now;
    await sleep(QUIET_MS);
    now = look();
  }
  return now;
}
