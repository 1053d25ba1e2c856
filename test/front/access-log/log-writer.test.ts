import { expect, onTestFinished, test } from "vitest";
import type { LogDestination, WriteFailure } from "../../../src/front/access-log/log-destination.ts";
import { LogWriter } from "../../../src/front/access-log/log-writer.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { until } from "../../support/wait.ts";

/** Takes a write, and finishes it when the test says so. */
class HeldDestination implements LogDestination {
  readonly maxWriteBytes: number;
  readonly texts: string[] = [];
  finish: ((failure?: WriteFailure) => void) | undefined;
  closedWith: string | undefined;

  constructor(maxWriteBytes = 1000) {
    this.maxWriteBytes = maxWriteBytes;
  }

  write(text: string, done: (failure?: WriteFailure) => void): void {
    expect(this.finish, "one write at a time").toBeUndefined();
    this.texts.push(text);
    this.finish = (failure) => {
      this.finish = undefined;
      done(failure);
    };
  }

  close(text: string): void {
    this.closedWith = text;
  }
}

function start(destination: HeldDestination, maxBytes?: number) {
  const log = new RecordingLog();
  const lostLine = (count: number): string => `lost ${count}`;
  const writer = new LogWriter(destination, {
    lostLine,
    log,
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
  onTestFinished(() => writer.close());
  return { writer, log };
}

const begun = (destination: HeldDestination, count: number): Promise<void> =>
  until(() => destination.texts.length === count, `write ${count} has begun`);
const error = Object.assign(new Error("no space"), { code: "ENOSPC" });

test("lines are written together, in their order, one write after the other", async () => {
  const destination = new HeldDestination(6);
  const { writer } = start(destination);
  for (const line of ["a", "b", "c", "d"]) writer.write(line);
  await begun(destination, 1);
  writer.write("e");
  destination.finish?.();
  expect(destination.texts).toEqual(["a\nb\nc\n", "d\ne\n"]);
});

test("a line that is larger than a write is written alone", async () => {
  const destination = new HeldDestination(4);
  const { writer } = start(destination);
  writer.write("larger than that");
  writer.write("b");
  await begun(destination, 1);
  destination.finish?.();
  expect(destination.texts).toEqual(["larger than that\n", "b\n"]);
});

test("what finds no room is counted, and one line says how many behind those that did", async () => {
  const destination = new HeldDestination();
  const { writer, log } = start(destination, 20);
  writer.write("first");
  await begun(destination, 1);
  for (let index = 0; index < 100; index += 1) writer.write(`line ${index}`);
  destination.finish?.();
  expect(destination.texts).toEqual(["first\n", "line 0\nline 1\nlost 98\n"]);
  expect(log.lines).toHaveLength(1);
  expect(log.lines[0]).toMatchObject({ level: "warn", fields: { code: "UWB_ERR_ACCESS_LOG" } });
  destination.finish?.();
  writer.write("later");
  await begun(destination, 3);
  expect(destination.texts[2]).toBe("later\n");
});

test("lines that could not be written are counted with what they had counted themselves", async () => {
  const destination = new HeldDestination();
  const { writer, log } = start(destination, 20);
  writer.write("first");
  await begun(destination, 1);
  destination.finish?.({ error, lostLines: 5 });
  writer.write("second");
  await begun(destination, 2);
  expect(destination.texts[1]).toBe("second\nlost 5\n");
  destination.finish?.({ error, lostLines: 2 });
  writer.write("third");
  await begun(destination, 3);
  expect(destination.texts[2]).toBe("third\nlost 6\n");
  expect(log.lines[0]?.fields).toMatchObject({ errno: "ENOSPC" });
});

test("closing writes what waits at once", () => {
  const destination = new HeldDestination();
  const { writer } = start(destination);
  writer.write("a");
  writer.write("b");
  writer.close();
  expect(destination.closedWith).toBe("a\nb\n");
});
