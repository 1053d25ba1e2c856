import { describe, expect, test } from "vitest";
import { lastWords, timeoutAnswer } from "../../../src/worker/harakiri/last-words.ts";
import { StuckLoop } from "../../../src/worker/harakiri/stuck-loop.ts";
import type { RunningRequest } from "../../../src/worker/running-request.ts";

const LOOK_MS = 100;

describe("an event loop", () => {
  test("that counts on is not stuck, however long", () => {
    const loop = new StuckLoop(1000);
    for (let turn = 0; turn < 50; turn += 1) expect(loop.isStuck(turn, turn * LOOK_MS, LOOK_MS)).toBe(false);
  });

  test("that does not count is stuck at the limit, and no sooner", () => {
    const loop = new StuckLoop(1000);
    const stuckAt = Array.from({ length: 20 }, (_, turn) => turn * LOOK_MS).filter((now) =>
      loop.isStuck(7, now, LOOK_MS),
    );
    expect(stuckAt[0]).toBe(1000);
  });

  test("of a process that stood still altogether gets its time again", () => {
    const loop = new StuckLoop(1000);
    loop.isStuck(7, 0, LOOK_MS);
    loop.isStuck(7, 100, LOOK_MS);
    expect(loop.isStuck(7, 60_000, LOOK_MS)).toBe(false);
    const later = Array.from({ length: 20 }, (_, turn) => 60_100 + turn * LOOK_MS);
    expect(later.filter((now) => loop.isStuck(7, now, LOOK_MS))[0]).toBe(61_000);
  });
});

const running = (changes: Partial<RunningRequest>): RunningRequest => ({
  method: "GET",
  uri: "/x",
  requestId: undefined,
  elapsedMs: 0,
  hasAnswered: false,
  fd: 9,
  ...changes,
});
const setting = { limitMs: 1000, pid: 4, now: new Date(0) };

describe("the last words", () => {
  test("name the oldest request, all of them, and the stack", () => {
    const frames = [
      { functionName: "spin", url: "file:///a.js", line: 3, column: 5 },
      { functionName: "", url: "file:///b.js", line: 1, column: 1 },
    ];
    const requests = [running({ elapsedMs: 1 }), running({ uri: "/old", elapsedMs: 5, requestId: "r1" })];
    const { log, reason } = lastWords(requests, frames, setting);
    expect(reason).toBe(
      "its event loop was stuck for 1000 ms (GET /old, spin (file:///a.js:3:5)) [UWB_ERR_HARAKIRI]",
    );
    expect(JSON.parse(log)).toMatchObject({
      level: 50,
      time: "1970-01-01T00:00:00.000Z",
      pid: 4,
      code: "UWB_ERR_HARAKIRI",
      uri: "/old",
      requestId: "r1",
      stack: ["spin (file:///a.js:3:5)", "file:///b.js:1:1"],
      requests: [{ uri: "/old" }, { uri: "/x" }],
    });
    expect(log).not.toContain("\n");
  });

  test("without a stack say so", () => {
    expect(JSON.parse(lastWords([], undefined, setting).log)).toMatchObject({
      stack: ["(not in JavaScript)"],
    });
  });
});

test("the answer has its length, and the id of the request when there is one", () => {
  expect(timeoutAnswer(running({}))).toMatch(
    /^HTTP\/1\.1 504 .*\r\nContent-Length: 17\r\n\r\nUWB_ERR_HARAKIRI\n$/s,
  );
  expect(timeoutAnswer(running({ requestId: "r1" }))).toMatch(
    /Content-Length: 28\r\n\r\nUWB_ERR_HARAKIRI\nrequest r1\n$/,
  );
});
