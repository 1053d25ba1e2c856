import { execFileSync } from "node:child_process";
import { closeSync, openSync, readSync } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Application, FileLike, FinishedResponse, HeaderPair } from "../../src/gateway/types.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import { bodyOf, connectTo, converse, requestBytes } from "../support/raw-peer.ts";
import { until } from "../support/wait.ts";
import { startWorker } from "../support/workers.ts";

const SIZE = 64 * 1024 * 1024;
let path = "";

beforeEach(async () => {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  path = join(directory.path, "file");
  await writeFile(path, "0123456789");
});

/** An open file as an application hands it over, and what was done with it. */
class OpenFile implements FileLike {
  readonly fd: number;
  readonly position?: number;
  reads = 0;
  closed = 0;

  constructor(where: string, position?: number) {
    this.fd = openSync(where, "r");
    if (position !== undefined) this.position = position;
  }

  read(size: number): Uint8Array {
    this.reads += 1;
    const block = Buffer.alloc(size);
    return block.subarray(0, readSync(this.fd, block));
  }

  close(): void {
    this.closed += 1;
    closeSync(this.fd);
  }
}

interface Sent {
  readonly file: () => OpenFile;
  readonly finished: FinishedResponse[];
  readonly app: Application;
}

function sending(headers: readonly HeaderPair[], open: () => OpenFile = () => new OpenFile(path)): Sent {
  const files: OpenFile[] = [];
  const finished: FinishedResponse[] = [];
  return {
    file: () => files[0] as OpenFile,
    finished,
    app: (environ, startResponse) => {
      const file = open();
      files.push(file);
      environ["uwsgi_bridge.response_finished"].push((response) => {
        finished.push(response);
      });
      startResponse("200 OK", headers);
      return environ["wsgi.file_wrapper"](file);
    },
  };
}

describe("a file with a descriptor is read by the worker", () => {
  test.each([
    { name: "from where the descriptor stands", headers: [], body: "0123456789", position: undefined },
    { name: "from a position", headers: [], body: "456789", position: 4 },
    { name: "up to Content-Length", headers: [["Content-Length", "3"]], body: "456", position: 4 },
    { name: "not at all for a length of 0", headers: [["Content-Length", "0"]], body: "", position: 4 },
    { name: "to its end behind the position", headers: [], body: "", position: 10 },
  ] as const)("$name", async ({ headers, body, position }) => {
    const sent = sending(headers, () => new OpenFile(path, position));
    const { endpoint, log } = await startWorker(sent.app);
    const { text, end } = await converse(endpoint, [requestBytes()]);
    expect(bodyOf(text)).toBe(body);
    expect(end).toBe("fin");
    await until(() => sent.finished.length === 1, "the response was over");
    expect(sent.finished[0]).toMatchObject({ outcome: "complete", bytesSent: body.length });
    expect(sent.file()).toMatchObject({ reads: 0, closed: 1 });
    expect(log.lines).toEqual([]);
  });

  test("not for HEAD", async () => {
    const sent = sending([["Content-Length", "10"]]);
    const { endpoint } = await startWorker(sent.app);
    const { text } = await converse(endpoint, [requestBytes({ REQUEST_METHOD: "HEAD" })]);
    expect(text).toBe("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
    await until(() => sent.finished.length === 1, "the response was over");
    expect(sent.file()).toMatchObject({ reads: 0, closed: 1 });
  });

  test("and is too short for its Content-Length as any other body", async () => {
    const sent = sending([["Content-Length", "11"]]);
    const { endpoint } = await startWorker(sent.app);
    expect(bodyOf((await converse(endpoint, [requestBytes()])).text)).toBe("0123456789");
    await until(() => sent.finished.length === 1, "the response was over");
    expect(sent.finished[0]).toMatchObject({ outcome: "short-body" });
    expect(sent.file().closed).toBe(1);
  });
});

test("what is no regular file is left to the application", async () => {
  const pipe = `${path}.pipe`;
  execFileSync("mkfifo", [pipe]);
  // Both ends, so that opening does not wait; reading would.
  const fd = openSync(pipe, "r+");
  onTestFinished(() => closeSync(fd));
  const blocks = [Buffer.from("from "), Buffer.from("the application"), Buffer.alloc(0)];
  const { endpoint } = await startWorker((environ, startResponse) => {
    startResponse("200 OK", []);
    return environ["wsgi.file_wrapper"]({ fd, read: () => blocks.shift() ?? Buffer.alloc(0) });
  });
  expect(bodyOf((await converse(endpoint, [requestBytes()])).text)).toBe("from the application");
});

test("a descriptor that is closed fails as the application would", async () => {
  const { endpoint, log } = await startWorker((environ, startResponse) => {
    startResponse("200 OK", []);
    return environ["wsgi.file_wrapper"]({ fd: 1_000_000, read: () => Buffer.alloc(0) });
  });
  expect((await converse(endpoint, [requestBytes()])).text).toMatch(/^HTTP\/1\.1 500 /);
  expect(log.lines).toEqual([expect.objectContaining({ level: "error" })]);
});

describe("a large file", () => {
  test("costs no memory while its reader reads nothing, and is closed when the reader leaves", async () => {
    await truncate(path, SIZE);
    const sent = sending([["Content-Length", String(SIZE)]]);
    const { endpoint } = await startWorker(sent.app);
    const before = process.memoryUsage().arrayBuffers;
    const socket = connectTo(endpoint);
    socket.pause();
    socket.write(requestBytes());
    await until(() => sent.file() !== undefined, "the application ran");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(SIZE / 4);
    expect(sent.file().closed).toBe(0);
    socket.destroy();
    await until(() => sent.finished.length === 1, "the response was over");
    expect(sent.finished[0]).toMatchObject({ outcome: "client-gone" });
    expect(sent.file()).toMatchObject({ reads: 0, closed: 1 });
  });

  test("arrives whole", async () => {
    await truncate(path, SIZE);
    const { endpoint } = await startWorker(sending([]).app);
    const socket = connectTo(endpoint);
    let received = 0;
    socket.on("data", (chunk) => {
      received += chunk.length;
    });
    socket.write(requestBytes());
    await new Promise((resolve) => socket.once("end", resolve));
    expect(received).toBe(SIZE + "HTTP/1.1 200 OK\r\n\r\n".length);
    socket.end();
  });
});
