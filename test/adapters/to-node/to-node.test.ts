import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { toNode } from "../../../src/adapters/index.ts";
import type { Application, Environ, StartResponse } from "../../../src/gateway/types.ts";
import { openHttp, sendHttp } from "../../support/http-client.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { signal, until } from "../../support/wait.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(app: Application, log = new RecordingLog()): Promise<number> {
  const server = createServer(toNode(app, { log })).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** An application whose body is a generator. */
function streaming(body: (startResponse: StartResponse) => AsyncIterable<Uint8Array>): Application {
  return (_environ, startResponse) => body(startResponse);
}

test("the environ is the one a front and a worker would make", async () => {
  let seen: Environ | undefined;
  const port = await serve((environ, startResponse) => {
    seen = environ;
    startResponse("200 OK", []);
    return [];
  });
  await sendHttp(port, {
    path: "/a%20b?q=1",
    headers: [
      ["Cookie", "a=1"],
      ["Cookie", "b=2"],
    ],
  });
  expect(seen).toMatchObject({
    REQUEST_METHOD: "GET",
    PATH_INFO: "/a b",
    QUERY_STRING: "q=1",
    HTTP_COOKIE: "a=1; b=2",
    SERVER_NAME: "127.0.0.1",
    SERVER_PORT: String(port),
    REMOTE_ADDR: "127.0.0.1",
    "wsgi.url_scheme": "http",
  });
});

test("an array gets a length, bytes above ASCII in a header stay as they are", async () => {
  const port = await serve((_environ, startResponse) => {
    startResponse("201 Made", [["X-Bytes", "caf\u00e9"]]);
    return [Buffer.from("ab"), Buffer.from("c")];
  });
  const answer = await sendHttp(port);
  expect(answer).toMatchObject({ status: 201, text: "abc" });
  expect(answer.header("content-length")).toBe("3");
  expect(answer.header("x-bytes")).toBe("caf\u00e9");
});

test("a block is on its way before the next is made", async () => {
  const goOn = signal();
  const port = await serve(
    streaming(async function* (startResponse) {
      startResponse("200 OK", []);
      yield Buffer.from("first");
      await goOn.promise;
      yield Buffer.from("second");
    }),
  );
  const response = await openHttp(port);
  expect((await response.nextBlock()).toString()).toBe("first");
  goOn.resolve();
  expect((await response.rest()).body.toString()).toBe("second");
});

test.each(["known", "unknown"])(
  "a body of %s length is read at the pace of the application",
  async (kind) => {
    const port = await serve(async (environ, startResponse) => {
      let size = 0;
      for await (const block of environ["wsgi.input"].chunks()) size += block.length;
      startResponse("200 OK", []);
      return [Buffer.from(String(size))];
    });
    const block = Buffer.alloc(100_000, 1);
    const body = kind === "known" ? Buffer.concat([block, block]) : [block, block];
    expect((await sendHttp(port, { method: "POST", body })).text).toBe("200000");
  },
);

test("what the application writes to wsgi.errors, and its failure, are logged", async () => {
  const log = new RecordingLog();
  const port = await serve((environ) => {
    environ["wsgi.errors"].write("a note\n");
    throw new Error("secret");
  }, log);
  const answer = await sendHttp(port);
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain("secret");
  expect(log.lines.map(({ message }) => message)).toEqual(["a note", "the application failed"]);
});

test("a body that breaks off is broken for the client", async () => {
  const port = await serve(
    streaming(async function* (startResponse) {
      startResponse("200 OK", []);
      yield Buffer.from("first");
      throw new Error("over");
    }),
  );
  expect(await sendHttp(port)).toMatchObject({ status: 200, text: "first", isWhole: false });
});

test("a client that leaves aborts the signal and closes the body", async () => {
  const events: string[] = [];
  const port = await serve((environ, startResponse) => {
    environ["uwsgi_bridge.signal"].addEventListener("abort", () => events.push("abort"));
    startResponse("200 OK", []);
    return {
      async *[Symbol.asyncIterator]() {
        yield Buffer.from("first");
        await new Promise(() => undefined);
      },
      close: () => void events.push("close"),
    };
  });
  const response = await openHttp(port);
  await response.nextBlock();
  response.leave();
  await until(() => events.length === 2, "the signal and the close");
  expect(events).toEqual(["abort", "close"]);
});

test("a slow client holds the application back", async () => {
  let made = 0;
  const port = await serve(
    streaming(async function* (startResponse) {
      startResponse("200 OK", []);
      for (; made < 1000; made += 1) yield Buffer.alloc(65_536);
    }),
  );
  const response = await openHttp(port);
  let before = -1;
  while (before !== made) {
    before = made;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(made).toBeLessThan(500);
  const { body } = await response.rest();
  expect(body.length).toBe(1000 * 65_536);
});

test("an answer before the upload is read: the rest flows off, and the connection serves the next request", async () => {
  const port = await serve((environ, startResponse) => {
    startResponse("200 OK", []);
    return [Buffer.from(`answer to ${environ.REQUEST_METHOD};`)];
  });
  const client = connect(port, "127.0.0.1");
  let heard = "";
  client.on("data", (chunk: Buffer) => {
    heard += chunk.toString("latin1");
  });
  client.write("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 8000000\r\n\r\n");
  client.write(Buffer.alloc(8_000_000));
  client.write("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
  await until(() => heard.includes("answer to GET;"), "the second answer");
  expect(heard).toContain("answer to POST;");
  client.destroy();
});
