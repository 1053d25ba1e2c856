import { describe, expect, test } from "vitest";
import { closeWithApp } from "../../src/cli/app-life.ts";
import { ExitError } from "../../src/cli/failure.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { signal, sleep } from "../support/wait.ts";

describe("closing a worker with its application", () => {
  test("finishes the requests first, then runs shutdown", async () => {
    const { calls, close, log } = closing();
    await close(5000);
    expect(calls).toEqual(["close 5000", "closed", "shutdown"]);
    expect(log.lines).toEqual([]);
  });

  test("a shutdown that fails is logged, and an exit code of 1", async () => {
    const error = new TypeError("no");
    const { close, log } = closing(() => Promise.reject(error));
    await expect(close(5000)).rejects.toEqual(new ExitError(1));
    expect(log.lines).toMatchObject([{ level: "error", fields: { err: error } }]);
  });

  test("a shutdown that hangs is given up, and logged", async () => {
    const { close, log } = closing(() => signal().promise);
    await close(50);
    expect(log.lines).toMatchObject([
      { level: "error", message: "the application was still shutting down when its time was over" },
    ]);
  });

  test("told to stop now, it does not wait for a hook that was begun before", async () => {
    const { close, calls } = closing(() => signal().promise);
    void close(1_000_000);
    // With time left, it would be a second.
    const first = await Promise.race([close(0).then(() => "closed"), sleep(500).then(() => "waited")]);
    expect(first).toBe("closed");
    expect(calls).toContain("close 0");
  });
});

function closing(shutdown: () => Promise<void> = () => Promise.resolve()) {
  const log = new RecordingLog();
  const calls: string[] = [];
  const worker = {
    close: async (timeoutMs?: number) => {
      calls.push(`close ${timeoutMs}`);
      await Promise.resolve();
      calls.push("closed");
    },
  };
  const app = {
    shutdown: () => {
      calls.push("shutdown");
      return shutdown();
    },
  };
  return { log, calls, close: closeWithApp(worker, app, log) };
}
