import { describe, expect, test } from "vitest";
import type { Application, Outcome } from "../../src/gateway/types.ts";
import { bodyOf, connectTo, converse, listenTo, requestBytes, statusOf } from "../support/raw-peer.ts";
import { sleep, until } from "../support/wait.ts";
import { startWorker, textApp, transports } from "../support/workers.ts";

const MEBIBYTE = 1024 * 1024;

describe.each(transports)("over %s", (transport) => {
  test("the answer is one head with a known length, the body, and the end of the connection", async () => {
    const { endpoint } = await startWorker(textApp("hello"), {}, { transport });
    expect(await converse(endpoint, [requestBytes()])).toEqual({
      text: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
      end: "fin",
    });
  });

  test("a body of unknown length is sent bare: no Transfer-Encoding, no Connection", async () => {
    const { endpoint } = await startWorker(
      async function* (_environ, startResponse) {
        startResponse("200 OK", []);
        yield Buffer.from("a");
        await sleep(5);
        yield Buffer.from("b");
      },
      {},
      { transport },
    );
    expect((await converse(endpoint, [requestBytes()])).text).toBe("HTTP/1.1 200 OK\r\n\r\nab");
  });

  test("blocks leave as they are produced, none waits for the next", async () => {
    const { endpoint } = await startWorker(
      async function* (_environ, startResponse) {
        startResponse("200 OK", []);
        yield Buffer.from("first");
        await sleep(300);
        yield Buffer.from("second");
      },
      {},
      { transport },
    );
    const socket = connectTo(endpoint);
    const heard = listenTo(socket);
    socket.write(requestBytes());
    const started = performance.now();
    let firstAt = 0;
    socket.once("data", () => {
      firstAt = performance.now() - started;
    });
    await heard;
    expect(firstAt).toBeLessThan(200);
  });

  test("a large body arrives whole", async () => {
    const block = Buffer.alloc(64 * 1024, "x");
    const { endpoint } = await startWorker(
      (_environ, startResponse) => {
        startResponse("200 OK", []);
        return Array.from({ length: 80 }, () => block);
      },
      {},
      { transport },
    );
    const { text, end } = await converse(endpoint, [requestBytes()]);
    expect(bodyOf(text)).toHaveLength(80 * block.length);
    expect(end).toBe("fin");
  });

  test("a peer that reads nothing stops the application", async () => {
    let produced = 0;
    const { endpoint } = await startWorker(
      (_environ, startResponse) => {
        startResponse("200 OK", []);
        return (function* () {
          for (;;) {
            produced += 1;
            yield Buffer.alloc(64 * 1024);
          }
        })();
      },
      {},
      { transport },
    );
    const socket = connectTo(endpoint);
    socket.pause();
    socket.write(requestBytes());
    await until(() => produced > 3, "the application produces blocks");
    await sleep(100);
    const stalledAt = produced;
    await sleep(200);
    expect(produced).toBe(stalledAt);
    expect(produced * 64 * 1024).toBeLessThan(32 * MEBIBYTE);
    socket.destroy();
  });

  test("an answer without reading a large body reaches the peer, although it is still sending", async () => {
    const { endpoint } = await startWorker(
      (_environ, startResponse) => {
        startResponse("413 Content Too Large", []);
        return [Buffer.from("too large")];
      },
      {},
      { transport },
    );
    const body = Buffer.alloc(20 * MEBIBYTE);
    for (let count = 0; count < 10; count += 1) {
      const socket = connectTo(endpoint);
      const heard = listenTo(socket);
      socket.write(requestBytes({ REQUEST_METHOD: "POST", CONTENT_LENGTH: String(body.length) }));
      socket.write(body);
      const { text, end } = await heard;
      expect([statusOf(text), bodyOf(text), end]).toEqual([413, "too large", "fin"]);
    }
  });

  test("a body shorter than its Content-Length ends short, which the peer can see", async () => {
    const { endpoint } = await startWorker(failingApp([["Content-Length", "8"]]), {}, { transport });
    const { text } = await converse(endpoint, [requestBytes()]);
    expect(text).toBe("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npart");
  });

  test("a HEAD request gets the head and nothing else", async () => {
    const { endpoint } = await startWorker(textApp("hello"), {}, { transport });
    const { text } = await converse(endpoint, [requestBytes({ REQUEST_METHOD: "HEAD" })]);
    expect(text).toBe("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
  });

  test("sixteen interleaved requests each see their own environ", async () => {
    const { endpoint } = await startWorker(
      async (environ, startResponse) => {
        await sleep(Math.random() * 20);
        startResponse("200 OK", []);
        return [Buffer.from(environ.PATH_INFO)];
      },
      {},
      { transport },
    );
    const paths = Array.from({ length: 16 }, (_, index) => `/r${index}`);
    const heard = await Promise.all(
      paths.map((path) => converse(endpoint, [requestBytes({ PATH_INFO: path })])),
    );
    expect(heard.map(({ text }) => bodyOf(text))).toEqual(paths);
  });
});

test("a body of unknown length that breaks off resets a TCP connection, so that it does not look whole", async () => {
  const { endpoint } = await startWorker(failingApp([]));
  const { text, end } = await converse(endpoint, [requestBytes()]);
  expect(text).toBe("HTTP/1.1 200 OK\r\n\r\npart");
  expect(end).toBe("reset");
});

test("the peer that goes away aborts the signal and closes the body", async () => {
  const events: string[] = [];
  const { endpoint } = await startWorker((environ, startResponse) => {
    startResponse("200 OK", []);
    environ["uwsgi_bridge.signal"].addEventListener("abort", () => events.push("abort"));
    environ["uwsgi_bridge.response_finished"].push(({ outcome }: { outcome: Outcome }) => {
      events.push(outcome);
    });
    return (async function* () {
      try {
        for (;;) {
          yield Buffer.from("tick");
          await sleep(5);
        }
      } finally {
        events.push("returned");
      }
    })();
  });
  const socket = connectTo(endpoint);
  socket.write(requestBytes());
  socket.once("data", () => socket.destroy());
  await until(() => events.length === 3, "the response is finished and its body closed");
  expect(events.sort()).toEqual(["abort", "client-gone", "returned"]);
});

test("the end of the peer's stream counts as its leaving, unless halfOpen says otherwise", async () => {
  const slow: Application = async (_environ, startResponse) => {
    await sleep(30);
    startResponse("200 OK", []);
    return [Buffer.from("late")];
  };
  const strict = await startWorker(slow);
  expect((await converse(strict.endpoint, [requestBytes()], true)).text).toBe("");
  const lenient = await startWorker(slow, { halfOpen: true });
  expect(bodyOf((await converse(lenient.endpoint, [requestBytes()], true)).text)).toBe("late");
});

test("a signal that is first looked at after the peer left is aborted already", async () => {
  let aborted: boolean | undefined;
  const { endpoint } = await startWorker(async (environ, startResponse) => {
    await sleep(50);
    aborted = environ["uwsgi_bridge.signal"].aborted;
    startResponse("200 OK", []);
    return [];
  });
  const socket = connectTo(endpoint);
  socket.write(requestBytes(), () => socket.destroy());
  await until(() => aborted !== undefined, "the application looks at its signal");
  expect(aborted).toBe(true);
});

test("an endless synchronous body leaves turns to other requests", async () => {
  const { endpoint } = await startWorker((environ, startResponse) => {
    startResponse("200 OK", []);
    if (environ.PATH_INFO === "/quick") return [Buffer.from("quick")];
    return (function* () {
      for (;;) yield Buffer.alloc(0);
    })();
  });
  const endless = connectTo(endpoint);
  endless.on("error", () => undefined);
  endless.write(requestBytes());
  await sleep(20);
  const { text } = await converse(endpoint, [requestBytes({ PATH_INFO: "/quick" })]);
  expect(bodyOf(text)).toBe("quick");
  endless.destroy();
});

test("an application that throws is logged with its stack and answered 500 without it", async () => {
  const { endpoint, log } = await startWorker(() => {
    throw new Error("the secret reason");
  });
  const { text } = await converse(endpoint, [requestBytes()]);
  expect(statusOf(text)).toBe(500);
  expect(text).not.toContain("secret");
  expect(log.lines).toHaveLength(1);
  expect(log.lines[0]?.fields["err"]).toMatchObject({ message: "the secret reason" });
});

test("what the application writes to wsgi.errors is logged line by line, an unfinished line at the end", async () => {
  const { endpoint, log } = await startWorker((environ, startResponse) => {
    environ["wsgi.errors"].write("one\ntwo ");
    environ["wsgi.errors"].write("€");
    startResponse("200 OK", []);
    return [];
  });
  await converse(endpoint, [requestBytes()]);
  expect(log.lines.map(({ message }) => message)).toEqual(["one", "two €"]);
  expect(log.lines[0]?.fields).toEqual({ method: "GET", path: "/x" });
});

function failingApp(headers: [string, string][]): Application {
  return (_environ, startResponse) => {
    startResponse("200 OK", headers);
    return (async function* () {
      yield Buffer.from("part");
      await sleep(20);
      throw new Error("in the middle");
    })();
  };
}
