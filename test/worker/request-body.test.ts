import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Application } from "../../src/gateway/types.ts";
import { bodyOf, connectTo, converse, listenTo, requestBytes, statusOf } from "../support/raw-peer.ts";
import { signal, sleep, until } from "../support/wait.ts";
import { startWorker, transports } from "../support/workers.ts";

const MEBIBYTE = 1024 * 1024;

/** Answers with the SHA-256 of the body. */
const hashingApp: Application = async (environ, startResponse) => {
  const hash = createHash("sha256");
  for await (const block of environ["wsgi.input"].chunks()) hash.update(block);
  startResponse("200 OK", []);
  return [Buffer.from(hash.digest("hex"))];
};

const readingApp: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", []);
  return [body];
};

describe.each(transports)("over %s", (transport) => {
  test("a body of 5 MB arrives byte for byte", async () => {
    const body = Buffer.from(Array.from({ length: 5 * MEBIBYTE }, (_, index) => (index * 31) % 251));
    const { endpoint } = await startWorker(hashingApp, {}, { transport });
    const vars = { REQUEST_METHOD: "POST", CONTENT_LENGTH: String(body.length) };
    const { text } = await converse(endpoint, [requestBytes(vars), body]);
    expect(bodyOf(text)).toBe(createHash("sha256").update(body).digest("hex"));
  });

  test("an application that reads nothing stops the peer", async () => {
    const release = signal();
    const { endpoint } = await startWorker(
      async (environ, startResponse) => {
        await release.promise;
        startResponse("200 OK", []);
        return [Buffer.from(String((await environ["wsgi.input"].read()).length))];
      },
      {},
      { transport },
    );
    const size = 32 * MEBIBYTE;
    const socket = connectTo(endpoint);
    const heard = listenTo(socket);
    socket.write(requestBytes({ REQUEST_METHOD: "POST", CONTENT_LENGTH: String(size) }));
    let sent = 0;
    const block = Buffer.alloc(256 * 1024);
    const send = (): void => {
      while (sent < size) {
        sent += block.length;
        if (!socket.write(block)) {
          socket.once("drain", send);
          return;
        }
      }
    };
    send();
    await sleep(300);
    expect(sent).toBeLessThan(16 * MEBIBYTE);
    release.resolve();
    expect(bodyOf((await heard).text)).toBe(String(size));
  });

  test("the application can answer from the beginning of a body before the rest is there", async () => {
    const { endpoint } = await startWorker(
      async (environ, startResponse) => {
        const first = await environ["wsgi.input"].read(1);
        startResponse("200 OK", []);
        return [first];
      },
      {},
      { transport },
    );
    const vars = { REQUEST_METHOD: "POST", CONTENT_LENGTH: "10" };
    expect(bodyOf((await converse(endpoint, [requestBytes(vars, "x")])).text)).toBe("x");
  });
});

test("a peer that leaves inside its body makes reading fail, and the body is not taken for whole", async () => {
  let failure: unknown;
  const { endpoint } = await startWorker(async (environ, startResponse) => {
    try {
      await environ["wsgi.input"].read();
    } catch (error) {
      failure = error;
    }
    startResponse("200 OK", []);
    return [];
  });
  const socket = connectTo(endpoint);
  socket.write(requestBytes({ REQUEST_METHOD: "POST", CONTENT_LENGTH: "10" }, "abc"), () => socket.destroy());
  await until(() => failure !== undefined, "reading fails");
  expect(failure).toMatchObject({ name: "ProtocolError", code: "UWB_ERR_CLIENT_GONE", offset: 3 });
});

test("a silent peer inside its body is answered 408 after bodyTimeoutMs", async () => {
  const { endpoint, log } = await startWorker(readingApp, { bodyTimeoutMs: 50 });
  const vars = { REQUEST_METHOD: "POST", CONTENT_LENGTH: "10" };
  const started = performance.now();
  const { text } = await converse(endpoint, [requestBytes(vars, "abc")]);
  expect(statusOf(text)).toBe(408);
  expect(performance.now() - started).toBeGreaterThanOrEqual(45);
  expect(log.codes).toEqual(["UWB_ERR_BODY_TIMEOUT"]);
});

test("a slow peer that keeps sending is not cut", async () => {
  const { endpoint } = await startWorker(readingApp, { bodyTimeoutMs: 200 });
  const socket = connectTo(endpoint);
  const heard = listenTo(socket);
  socket.write(requestBytes({ REQUEST_METHOD: "POST", CONTENT_LENGTH: "10" }));
  for (const byte of "abcdefghij") {
    await sleep(60);
    socket.write(byte);
  }
  expect(bodyOf((await heard).text)).toBe("abcdefghij");
});

test("an application that works for longer than bodyTimeoutMs before it reads finds its body", async () => {
  const { endpoint } = await startWorker(
    async (environ, startResponse) => {
      await sleep(150);
      return readingApp(environ, startResponse);
    },
    { bodyTimeoutMs: 50 },
  );
  const vars = { REQUEST_METHOD: "POST", CONTENT_LENGTH: "3" };
  expect(bodyOf((await converse(endpoint, [requestBytes(vars, "abc")])).text)).toBe("abc");
});

describe("with chunkedInput", () => {
  const vars = { REQUEST_METHOD: "POST", HTTP_TRANSFER_ENCODING: "chunked" };

  test("a chunked body is decoded", async () => {
    const { endpoint } = await startWorker(readingApp, { chunkedInput: true });
    const pieces = [requestBytes(vars), Buffer.from("3\r\nabc\r\n"), Buffer.from("2\r\nde\r\n0\r\n\r\n")];
    expect(bodyOf((await converse(endpoint, pieces)).text)).toBe("abcde");
  });

  test("a malformed chunk makes reading fail with 400", async () => {
    const { endpoint, log } = await startWorker(readingApp, { chunkedInput: true });
    const { text } = await converse(endpoint, [requestBytes(vars, "zz\r\nabc\r\n0\r\n\r\n")]);
    expect(statusOf(text)).toBe(400);
    expect(log.codes).toEqual(["UWB_ERR_CHUNK_MALFORMED"]);
  });

  test("a chunked body that breaks off makes reading fail", async () => {
    let failure: unknown;
    const { endpoint } = await startWorker(
      async (environ, startResponse) => {
        await environ["wsgi.input"].read().catch((error: unknown) => {
          failure = error;
        });
        startResponse("200 OK", []);
        return [];
      },
      { chunkedInput: true },
    );
    await converse(endpoint, [requestBytes(vars, "a\r\nabc")], true);
    await until(() => failure !== undefined, "reading fails");
    expect(failure).toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
  });
});
