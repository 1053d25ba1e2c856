import { createHash } from "node:crypto";
import { readdirSync, readlinkSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import type { Application } from "../../../src/gateway/types.ts";
import { temporaryDirectory } from "../../support/endpoints.ts";
import { startFront, startScriptedWorker, varsOf } from "../../support/fronts.ts";
import { connectHttp, converseHttp } from "../../support/raw-http.ts";
import { sleep, until } from "../../support/wait.ts";
import { startWorker, textApp, transports } from "../../support/workers.ts";

const MEBIBYTE = 1024 * 1024;
const methods = ["POST"];

/** Answers with the declared length and the SHA-256 of what it read. */
const hashingApp: Application = async (environ, startResponse) => {
  const hash = createHash("sha256");
  for await (const block of environ["wsgi.input"].chunks()) hash.update(block);
  startResponse("200 OK", []);
  return [Buffer.from(`${environ.CONTENT_LENGTH} ${hash.digest("hex")}`)];
};

function withLength(body: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${body.length}\r\n\r\n`),
    body,
  ]);
}

function chunked(body: Buffer, size = 10_000): Buffer {
  const parts: Uint8Array[] = [
    Buffer.from("POST /x HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"),
  ];
  for (let start = 0; start < body.length; start += size) {
    const block = body.subarray(start, start + size);
    parts.push(Buffer.from(`${block.length.toString(16)}\r\n`), block, Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}

function pattern(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (index * 31) % 251));
}

const ways: readonly [string, FrontOptions["requestBuffering"], (body: Buffer) => Buffer][] = [
  ["buffered, with a length", true, withLength],
  ["streamed, with a length", false, withLength],
  ["buffered, chunked", true, chunked],
  ["chunked although streaming is on", false, chunked],
];

describe.each(transports)("over %s", (transport) => {
  describe.each(ways)("an upload that is %s", (_name, requestBuffering, format) => {
    test.each([0, 1, 65_535, 65_536, 65_537, 5 * MEBIBYTE])(
      "of %d bytes arrives byte for byte",
      async (size) => {
        const body = pattern(size);
        const { endpoint: to } = await startWorker(hashingApp, {}, { transport });
        const { endpoint } = await startFront([to], { requestBuffering: requestBuffering ?? true });
        const { answers } = await converseHttp(endpoint, format(body), { methods, quietMs: 1000, enough: 1 });
        expect(answers[0]?.body).toBe(`${size} ${createHash("sha256").update(body).digest("hex")}`);
      },
    );
  });
});

test("a buffered upload reaches the worker only when it is complete", async () => {
  const worker = await startScriptedWorker(({ socket }) =>
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
  );
  const { endpoint } = await startFront([worker.endpoint]);
  const client = connectHttp(endpoint);
  client.write("POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nabc");
  await sleep(80);
  expect(worker.requests).toEqual([]);
  client.write("def");
  await until(() => worker.requests.length === 1, "the worker has the request");
  client.destroy();
});

test("a streamed upload reaches the worker as it comes", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const { endpoint } = await startFront([worker.endpoint], { requestBuffering: false });
  const client = connectHttp(endpoint);
  client.write("POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nabc");
  await until(() => worker.requests[0]?.body().toString() === "abc", "the first half is there");
  client.write("def");
  await until(() => worker.requests[0]?.body().toString() === "abcdef", "the second half is there");
  client.destroy();
});

test("a client that leaves inside a streamed upload: the worker sees a short body, never a whole one", async () => {
  let failure: unknown;
  const { endpoint: to } = await startWorker(async (environ, startResponse) => {
    await environ["wsgi.input"].read().catch((error: unknown) => {
      failure = error;
    });
    startResponse("200 OK", []);
    return [];
  });
  const { endpoint } = await startFront([to], { requestBuffering: false });
  const client = connectHttp(endpoint);
  client.write("POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nabc", () =>
    setTimeout(() => client.destroy(), 20),
  );
  await until(() => failure !== undefined, "reading fails");
  expect(failure).toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
});

test("a chunked upload arrives with its length, and without Transfer-Encoding", async () => {
  const worker = await startScriptedWorker(({ socket }) =>
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
  );
  const { endpoint } = await startFront([worker.endpoint]);
  await converseHttp(endpoint, chunked(Buffer.from("abcdef"), 2), { methods });
  expect(varsOf(worker.requests[0])).toMatchObject({ CONTENT_LENGTH: "6" });
  expect(varsOf(worker.requests[0])).not.toHaveProperty("HTTP_TRANSFER_ENCODING");
});

describe("an early answer", () => {
  const refuse: Application = (_environ, startResponse) => {
    startResponse("413 Content Too Large", []);
    return [Buffer.from("too large")];
  };

  test.each([true, false])(
    "to an upload of 20 MB is never lost (buffering: %s)",
    async (requestBuffering) => {
      const { endpoint: to } = await startWorker(refuse);
      const { endpoint } = await startFront([to], { requestBuffering });
      const upload = withLength(Buffer.alloc(20 * MEBIBYTE));
      for (let count = 0; count < 10; count += 1) {
        const { answers } = await converseHttp(endpoint, upload, { methods, quietMs: 2000, enough: 1 });
        expect(answers[0]).toMatchObject({ status: 413, body: "too large", isComplete: true });
      }
    },
  );

  test.each([true, false])(
    "of a worker that resets the connection behind it is never lost (buffering: %s)",
    async (requestBuffering) => {
      // What uWSGI does: it answers, and closes with unread bytes, which makes the system send a reset.
      const worker = await startScriptedWorker(({ socket }) => {
        socket.pause();
        socket.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\n\r\ntoo large", () =>
          socket.resetAndDestroy(),
        );
      });
      const { endpoint } = await startFront([worker.endpoint], { requestBuffering });
      const upload = withLength(Buffer.alloc(5 * MEBIBYTE));
      for (let count = 0; count < 20; count += 1) {
        const { answers } = await converseHttp(endpoint, upload, { methods, quietMs: 2000, enough: 1 });
        expect(answers[0]).toMatchObject({ status: 413, body: "too large", isComplete: true });
      }
    },
  );

  test("that begins before the body was sent does not stop the body: an echo is complete", async () => {
    const echo: Application = (environ, startResponse) => {
      startResponse("200 OK", []);
      return environ["wsgi.input"].chunks();
    };
    const { endpoint: to } = await startWorker(echo);
    const body = pattern(3 * MEBIBYTE);
    for (const requestBuffering of [true, false]) {
      const { endpoint } = await startFront([to], { requestBuffering });
      const { answers } = await converseHttp(endpoint, withLength(body), {
        methods,
        quietMs: 2000,
        enough: 1,
      });
      const [answer] = answers;
      expect(answer?.isComplete).toBe(true);
      expect(Buffer.from(answer?.body ?? "", "latin1").equals(body)).toBe(true);
    }
  });
});

describe("limits", () => {
  test("a declared length above maxBodyBytes is answered 413 before the body is read, and no worker is bothered", async () => {
    const app = textApp("ok");
    const { endpoint: to } = await startWorker(app);
    const { endpoint } = await startFront([to], { maxBodyBytes: 1000 });
    const head = (size: number): string =>
      `POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${size}\r\n\r\n`;
    const over = await converseHttp(endpoint, head(1001), { methods });
    expect(over.answers[0]?.status).toBe(413);
    expect(app.calls).toBe(0);
    const exact = await converseHttp(endpoint, head(1000) + "x".repeat(1000), { methods });
    expect(exact.answers[0]?.status).toBe(200);
  });

  test.each([
    { size: 1000, status: 200 },
    { size: 1001, status: 413 },
  ])("a chunked body of $size bytes with maxBodyBytes 1000 is answered $status", async ({ size, status }) => {
    const app = textApp("ok");
    const { endpoint: to } = await startWorker(app);
    const { endpoint } = await startFront([to], { maxBodyBytes: 1000 });
    const { answers } = await converseHttp(endpoint, chunked(Buffer.alloc(size), 300), { methods });
    expect(answers[0]?.status).toBe(status);
    expect(app.calls).toBe(status === 200 ? 1 : 0);
  });

  test("Expect: 100-continue with a length above the limit gets the 413 and no 100", async () => {
    const { endpoint: to } = await startWorker(textApp("ok"));
    const { endpoint } = await startFront([to], { maxBodyBytes: 1000 });
    const head = "POST /x HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n";
    const { answers } = await converseHttp(endpoint, head, { methods });
    expect(answers.map(({ status }) => status)).toEqual([413]);
  });

  test("Expect: 100-continue gets the 100, then the answer", async () => {
    const { endpoint: to } = await startWorker(hashingApp);
    const { endpoint } = await startFront([to]);
    const head = "POST /x HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc";
    const { answers } = await converseHttp(endpoint, head, { methods });
    expect(answers.map(({ status }) => status)).toEqual([100, 200]);
  });

  test.each([true, false])(
    "a client that is silent inside its body is cut after bodyTimeoutMs (buffering: %s)",
    async (requestBuffering) => {
      const { endpoint: to } = await startWorker(hashingApp);
      const { endpoint, log } = await startFront([to], { bodyTimeoutMs: 60, requestBuffering });
      const started = performance.now();
      const { end, raw } = await converseHttp(
        endpoint,
        "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nabc",
        {
          methods,
          quietMs: 2000,
        },
      );
      expect(performance.now() - started).toBeLessThan(1500);
      expect(end).not.toBe("open");
      if (requestBuffering) {
        expect(raw).toContain("HTTP/1.1 408");
        expect(log.codes).toEqual(["UWB_ERR_BODY_TIMEOUT"]);
      }
    },
  );
});

/** Open files of this process that had a name in that directory. */
function namelessFiles(directory: string): number {
  const links = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return links.filter((link) => link.startsWith(`${directory}/`) && link.endsWith(" (deleted)")).length;
}

describe("the temporary file", () => {
  async function directory(): Promise<string> {
    const { path, remove } = await temporaryDirectory();
    onTestFinished(remove);
    return path;
  }

  test("has no name while it is in use: it can not outlive the process", async () => {
    const tempDir = await directory();
    const { endpoint: to } = await startWorker(hashingApp);
    const { front, endpoint } = await startFront([to], { tempDir });
    const client = connectHttp(endpoint);
    client.write("POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 300000\r\n\r\n");
    client.write(Buffer.alloc(200_000));
    await until(() => front.stats().openRequests === 1, "the request is open");
    await until(() => namelessFiles(tempDir) === 1, "the file is open and has no name");
    expect(readdirSync(tempDir)).toEqual([]);
    client.destroy();
  });

  test("is closed when the request is over", async () => {
    const openFiles = (): number => readdirSync("/proc/self/fd").length;
    const { endpoint: to } = await startWorker(hashingApp);
    const { front, endpoint } = await startFront([to]);
    const upload = withLength(Buffer.alloc(200_000));
    await converseHttp(endpoint, upload, { methods });
    const before = openFiles();
    for (let count = 0; count < 5; count += 1) await converseHttp(endpoint, upload, { methods });
    await until(() => front.stats().openRequests === 0, "all requests are over");
    await until(() => openFiles() <= before + 2, "the files are closed");
  });
});
