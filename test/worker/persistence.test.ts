import { describe, expect, onTestFinished, test } from "vitest";
import { PERSISTENCE } from "../../src/codec/persistence.ts";
import type { Application } from "../../src/gateway/types.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { KeptConnection, offeringBytes } from "../support/kept-connection.ts";
import { converse, requestBytes } from "../support/raw-peer.ts";
import { signal, until } from "../support/wait.ts";
import { startWorker, textApp, transports } from "../support/workers.ts";

const ACCEPTED = [PERSISTENCE.header, "60"];

function keptTo(endpoint: Endpoint): KeptConnection {
  const connection = new KeptConnection(endpoint);
  onTestFinished(() => void connection.socket.destroy());
  return connection;
}

/** Answers with the path, in blocks without a length when the path says so. */
const echo: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  const path = environ.PATH_INFO;
  startResponse(path === "/none" ? 204 : 200, []);
  if (path === "/none" || path === "/empty") return each([]);
  return path === "/blocks"
    ? each([Buffer.from("a"), Buffer.alloc(5000, 98), body])
    : [Buffer.from(`${path} ${body.toString("latin1")}`)];
};

async function* each(blocks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* blocks;
}

describe.each(transports)("over %s", (transport) => {
  test("several requests on one connection, with every kind of framing", async () => {
    const { worker, endpoint } = await startWorker(echo, {}, { transport });
    const connection = keptTo(endpoint);
    const first = await connection.exchange(offeringBytes({ PATH_INFO: "/1" }));
    expect(first).toMatchObject({ body: "/1 ", framing: "length" });
    expect(first.head.headers).toContainEqual(ACCEPTED);
    const blocks = await connection.exchange(
      offeringBytes({ PATH_INFO: "/blocks", REQUEST_METHOD: "POST", CONTENT_LENGTH: "4" }, "abcd"),
    );
    expect(blocks).toMatchObject({ framing: "chunked", body: `a${"b".repeat(5000)}abcd` });
    const none = await connection.exchange(offeringBytes({ PATH_INFO: "/none" }));
    expect(none.head.status).toBe(204);
    expect(none.head.headers.map(([name]) => name)).toEqual([PERSISTENCE.header]);
    const head = await connection.exchange(
      offeringBytes({ PATH_INFO: "/blocks", REQUEST_METHOD: "HEAD" }),
      "HEAD",
    );
    expect(head.head.headers.map(([name]) => name)).toEqual([PERSISTENCE.header]);
    expect(await connection.exchange(offeringBytes({ PATH_INFO: "/empty" }))).toMatchObject({
      framing: "length",
      body: "",
    });
    expect(await connection.exchange(offeringBytes({ PATH_INFO: "/6" }))).toMatchObject({ body: "/6 " });
    expect(worker.stats()).toMatchObject({ requests: 6, openConnections: 1, runningRequests: 0 });
  });

  test("without the offer nothing is different: no field, no chunks, and the connection ends", async () => {
    const { endpoint } = await startWorker(echo, {}, { transport });
    for (const changes of [{ PATH_INFO: "/blocks" }, { PATH_INFO: "/blocks", UWSGI_BRIDGE_PERSIST: "1" }]) {
      const { text, end } = await converse(endpoint, [requestBytes(changes)]);
      expect(text).toBe(`HTTP/1.1 200 OK\r\n\r\na${"b".repeat(5000)}`);
      expect(end).toBe("fin");
    }
  });

  test("`persist: false` takes no offer", async () => {
    const { endpoint } = await startWorker(echo, { persist: false }, { transport });
    const { text, end } = await converse(endpoint, [offeringBytes({ PATH_INFO: "/1" })]);
    expect([text, end]).toEqual(["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n/1 ", "fin"]);
  });

  test("an application does not see the var of the offer", async () => {
    const { endpoint } = await startWorker(
      (environ, startResponse) => {
        startResponse(200, []);
        return [Buffer.from(Object.keys(environ).join())];
      },
      {},
      { transport },
    );
    const { body } = await keptTo(endpoint).exchange(offeringBytes());
    expect(body).toContain("REQUEST_METHOD");
    expect(body).not.toContain("UWSGI_BRIDGE");
  });

  test("a packet without the offer on a kept connection is not run: it may be somebody's body", async () => {
    const app = textApp("x");
    const { endpoint } = await startWorker(app, {}, { transport });
    const connection = keptTo(endpoint);
    await connection.exchange(offeringBytes());
    connection.socket.write(requestBytes());
    expect(await connection.rest()).toBe("");
    expect(app.calls).toBe(1);
  });

  test("bytes behind a body are no request, and end the connection", async () => {
    const app = textApp("x");
    const { endpoint } = await startWorker(app, {}, { transport });
    const connection = keptTo(endpoint);
    const answer = await connection.exchange(
      Buffer.concat([offeringBytes({ CONTENT_LENGTH: "1", REQUEST_METHOD: "POST" }, "a"), offeringBytes()]),
    );
    expect(answer.body).toBe("x");
    expect(await connection.rest()).toBe("");
    expect(app.calls).toBe(1);
  });

  test("an answer before the body is complete ends the connection, and the rest of the body is dropped", async () => {
    const app = textApp("early");
    const { endpoint } = await startWorker(app, {}, { transport });
    const connection = keptTo(endpoint);
    const answer = await connection.exchange(
      offeringBytes({ CONTENT_LENGTH: "3", REQUEST_METHOD: "POST" }, "a"),
    );
    expect(answer.body).toBe("early");
    expect(answer.head.headers.map(([name]) => name)).not.toContain(PERSISTENCE.header);
    connection.socket.write(Buffer.concat([Buffer.from("bc"), offeringBytes()]));
    expect(await connection.rest()).toBe("");
    expect(app.calls).toBe(1);
  });

  test("a body that breaks off ends the connection without its last chunk", async () => {
    const { endpoint } = await startWorker(
      (_environ, startResponse) => {
        startResponse(200, []);
        return (async function* () {
          yield Buffer.from("part");
          throw new Error("over");
        })();
      },
      {},
      { transport },
    );
    const connection = keptTo(endpoint);
    connection.socket.write(offeringBytes());
    const text = await connection.rest();
    expect(text).toContain("part\r\n");
    expect(text).not.toContain("\r\n0\r\n");
  });

  test("a peer that takes its time gets all of a response that is longer than the time of an idle connection", async () => {
    const size = 8_000_000;
    const { endpoint } = await startWorker(
      (_environ, startResponse) => {
        startResponse(200, []);
        return [Buffer.alloc(size)];
      },
      { persistIdleMs: 1000, headerTimeoutMs: 100 },
      { transport },
    );
    const { socket } = keptTo(endpoint);
    let received = 0;
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 20);
    });
    socket.write(offeringBytes());
    await until(() => received > size, "all of it has come", 30_000);
  }, 40_000);

  test("an idle connection is told goodbye with a mark", async () => {
    const { endpoint, worker } = await startWorker(
      textApp("x"),
      { persistIdleMs: 1000, headerTimeoutMs: 100 },
      { transport },
    );
    const connection = keptTo(endpoint);
    await connection.exchange(offeringBytes());
    expect(await connection.rest()).toBe(PERSISTENCE.closeMark);
    expect(worker.stats().requests).toBe(1);
  });

  test("a packet that begins on a kept connection has the time of a packet", async () => {
    const { endpoint } = await startWorker(textApp("x"), { headerTimeoutMs: 100 }, { transport });
    const connection = keptTo(endpoint);
    await connection.exchange(offeringBytes());
    connection.socket.write(offeringBytes().subarray(0, 10));
    expect(await connection.rest()).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe("a worker that closes", () => {
  test("marks idle connections, and runs nothing that comes after the mark", async () => {
    const app = textApp("x");
    const { endpoint, worker } = await startWorker(app);
    const connection = keptTo(endpoint);
    await connection.exchange(offeringBytes());
    const closed = worker.close(5000);
    connection.socket.write(offeringBytes());
    expect(await connection.rest()).toBe(PERSISTENCE.closeMark);
    connection.socket.end();
    await closed;
    expect(app.calls).toBe(1);
  });

  test("does not keep the connection of a request that is answered meanwhile", async () => {
    const isRunning = signal();
    const goOn = signal();
    const { endpoint, worker } = await startWorker(async (_environ, startResponse) => {
      isRunning.resolve();
      await goOn.promise;
      startResponse(200, []);
      return [Buffer.from("x")];
    });
    const connection = keptTo(endpoint);
    const answer = connection.exchange(offeringBytes());
    await isRunning.promise;
    const closed = worker.close(5000);
    goOn.resolve();
    expect((await answer).head.headers).toEqual([["Content-Length", "1"]]);
    expect(await connection.rest()).toBe("");
    connection.socket.end();
    await closed;
  });

  test("marks a connection that it has promised to keep already", async () => {
    const goOn = signal();
    const { endpoint, worker } = await startWorker((_environ, startResponse) => {
      startResponse(200, []);
      return (async function* () {
        yield Buffer.from("a");
        await goOn.promise;
        yield Buffer.from("b");
      })();
    });
    const connection = keptTo(endpoint);
    const answer = connection.exchange(offeringBytes());
    const head = await new Promise((resolve) => connection.socket.once("data", resolve));
    expect(String(head)).toContain(PERSISTENCE.header);
    const closed = worker.close(5000);
    goOn.resolve();
    expect((await answer).body).toBe("ab");
    expect(await connection.rest()).toBe(PERSISTENCE.closeMark);
    connection.socket.end();
    await closed;
  });

  test("still answers who connected a moment before", async () => {
    const { endpoint, worker } = await startWorker(textApp("x"));
    const connection = keptTo(endpoint);
    await new Promise((resolve) => connection.socket.once("connect", resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = worker.close(5000);
    expect((await connection.exchange(offeringBytes())).body).toBe("x");
    connection.socket.end();
    await closed;
  });
});
