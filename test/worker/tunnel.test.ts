import type { Duplex } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Application, Environ, FinishedResponse, UpgradedStream } from "../../src/gateway/types.ts";
import { validator } from "../../src/gateway/validator/validator.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { connectTo, converse, requestBytes, statusOf } from "../support/raw-peer.ts";
import { type Talker, talkOn } from "../support/tunnels.ts";
import { until } from "../support/wait.ts";
import { startWorker, transports } from "../support/workers.ts";

const ASKS = { HTTP_UPGRADE: "Echo", HTTP_CONNECTION: "keep-alive, Upgrade" };
const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

function upgradeOf(environ: Environ): NonNullable<Environ["uwsgi_bridge.upgrade"]> {
  const upgrade = environ["uwsgi_bridge.upgrade"];
  if (!upgrade) throw new Error("this request asks for no upgrade");
  return upgrade;
}

/** Sends back what it hears, in brackets, and ends when the peer does. */
function echo(stream: UpgradedStream): void {
  stream.on("data", (chunk: Buffer) => stream.write(`<${chunk.toString()}>`));
  stream.on("end", () => stream.end("bye"));
}

const echoApp: Application = (environ, startResponse) => {
  echo(upgradeOf(environ)(startResponse, 101, []));
  return [];
};

function ask(endpoint: Endpoint, early = ""): Talker {
  const socket = connectTo(endpoint);
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write(requestBytes(ASKS, early));
  return talkOn(socket);
}

describe.each(transports)("over %s", (transport) => {
  test("an application takes the connection over", async () => {
    const { worker, endpoint } = await startWorker(echoApp, {}, { transport });
    const peer = ask(endpoint);
    expect(await peer.untilHeard("\r\n\r\n")).toBe(SWITCH);
    expect(worker.stats()).toMatchObject({ tunnels: 1, runningRequests: 0 });
    peer.socket.write("hello");
    await peer.untilHeard("<hello>");
    peer.socket.end();
    await peer.untilEnd();
    expect(peer.heard()).toBe(`${SWITCH}<hello>bye`);
    await until(() => worker.stats().tunnels === 0, "the tunnel was forgotten");
  });

  test("what the peer sent too early is not lost", async () => {
    const { endpoint } = await startWorker(echoApp, {}, { transport });
    await ask(endpoint, "early").untilHeard("<early>");
  });
});

test("nothing is lost between the switch and the first listener", async () => {
  const streams: UpgradedStream[] = [];
  const { endpoint } = await startWorker((environ, startResponse) => {
    streams.push(upgradeOf(environ)(startResponse, "101 Now", [["Upgrade", "echo"]]));
    return [];
  });
  const peer = ask(endpoint, "one");
  await peer.untilHeard("\r\n\r\n");
  await new Promise<void>((resolve) => peer.socket.write("two", () => resolve()));
  const [stream] = streams as [UpgradedStream];
  await until(() => (stream as Duplex).readableLength === 6, "both had arrived");
  echo(stream);
  await peer.untilHeard("<one><two>");
});

const kinds: readonly { readonly name: string; readonly app: Application }[] = [
  { name: "a function", app: echoApp },
  {
    name: "an async function that stays to the end",
    app: async (environ, startResponse) => {
      const stream = upgradeOf(environ)(startResponse, 101, []);
      echo(stream);
      await new Promise((resolve) => (stream as Duplex).once("close", resolve));
      return [Buffer.from("not sent")];
    },
  },
  {
    name: "a generator",
    app: async function* (environ, startResponse) {
      echo(upgradeOf(environ)(startResponse, 101, []));
      yield Buffer.from("not sent");
    },
  },
  { name: "an application behind the validator", app: validator(echoApp, { strict: true }) },
  {
    name: "a generator behind the validator",
    app: validator(
      async function* (environ, startResponse) {
        echo(upgradeOf(environ)(startResponse, 101, []));
        yield Buffer.from("not sent");
      },
      { strict: true },
    ),
  },
];

test.each(kinds)("$name may take over, and its response is complete with the 101", async ({ app }) => {
  const finished: FinishedResponse[] = [];
  const { endpoint, log } = await startWorker((environ, startResponse) => {
    environ["uwsgi_bridge.response_finished"].push((response) => {
      finished.push(response);
    });
    return app(environ, startResponse);
  });
  const peer = ask(endpoint);
  await peer.untilHeard("\r\n\r\n");
  peer.socket.end("x");
  await peer.untilHeard("bye");
  expect(peer.heard()).toBe(`${SWITCH}<x>bye`);
  await until(() => finished.length > 0, "the response was over");
  expect(finished).toEqual([
    expect.objectContaining({ status: "101 Switching Protocols", outcome: "complete", bytesSent: 0 }),
  ]);
  expect(log.lines).toEqual([]);
});

test.each([
  { name: "asks for nothing", vars: {} },
  { name: "has no Connection", vars: { HTTP_UPGRADE: "echo" } },
  { name: "has a body", vars: { ...ASKS, REQUEST_METHOD: "POST", CONTENT_LENGTH: "1" } },
])("who $name finds no upgrade", async ({ vars }) => {
  const keys: string[] = [];
  const { endpoint } = await startWorker((environ, startResponse) => {
    keys.push(...Object.keys(environ).filter((key) => /upgrade|protocols/.test(key)));
    startResponse("200 OK", []);
    return [];
  });
  await converse(endpoint, [requestBytes(vars, "x")]);
  expect(keys).toEqual([]);
});

test("the protocols are named in lower case", async () => {
  let protocols: unknown;
  const { endpoint } = await startWorker((environ, startResponse) => {
    protocols = environ["uwsgi_bridge.protocols"];
    startResponse("200 OK", []);
    return [];
  });
  await converse(endpoint, [requestBytes({ ...ASKS, HTTP_UPGRADE: "A, b/2" })]);
  expect(protocols).toEqual(["a", "b/2"]);
});

test("an application may decline", async () => {
  const { endpoint } = await startWorker((_environ, startResponse) => {
    startResponse("403 Forbidden", []);
    return [Buffer.from("no")];
  });
  const { text, end } = await converse(endpoint, [requestBytes(ASKS, "early")]);
  expect(statusOf(text)).toBe(403);
  expect(end).toBe("fin");
});

describe("a switch that fails", () => {
  test("behind middleware that wraps startResponse", async () => {
    const { endpoint, log } = await startWorker((environ, startResponse) =>
      echoApp(environ, (...args) => startResponse(...args)),
    );
    expect(statusOf((await converse(endpoint, [requestBytes(ASKS)])).text)).toBe(500);
    expect(log.codes).toEqual(["UWB_ERR_UPGRADE"]);
  });

  test("when the response has begun", async () => {
    const { endpoint, log } = await startWorker((environ, startResponse) => {
      void startResponse("200 OK", [["Content-Length", "6"]])(Buffer.from("abc"));
      return echoApp(environ, startResponse);
    });
    expect((await converse(endpoint, [requestBytes(ASKS)])).text).not.toContain("101");
    expect(log.codes).toEqual(["UWB_ERR_HEADERS_SET"]);
  });

  test("when it happened already", async () => {
    const { worker, endpoint, log } = await startWorker((environ, startResponse) => {
      void echoApp(environ, startResponse);
      return echoApp(environ, startResponse);
    });
    const peer = ask(endpoint);
    await peer.untilEnd();
    expect(peer.heard()).toBe(SWITCH);
    expect(log.codes).toEqual(["UWB_ERR_HEADERS_SET"]);
    await until(
      () => worker.stats().tunnels === 0,
      "nobody keeps the connection of an application that failed",
    );
  });
});

test("a tunnel holds no place among the running requests", async () => {
  const { worker, endpoint } = await startWorker(
    (environ, startResponse) => {
      if (environ["uwsgi_bridge.upgrade"]) return echoApp(environ, startResponse);
      startResponse("200 OK", []);
      return [];
    },
    { maxConcurrentRequests: 1, maxQueuedRequests: 0 },
  );
  const peer = ask(endpoint);
  await peer.untilHeard(SWITCH);
  expect(statusOf((await converse(endpoint, [requestBytes()])).text)).toBe(200);
  expect(worker.stats()).toMatchObject({ tunnels: 1, runningRequests: 0 });
});

test("neither silence nor a body timeout ends a tunnel", async () => {
  const { endpoint } = await startWorker(echoApp, {
    bodyTimeoutMs: 50,
    sendTimeoutMs: 50,
    headerTimeoutMs: 50,
  });
  const peer = ask(endpoint);
  await peer.untilHeard(SWITCH);
  await new Promise((resolve) => setTimeout(resolve, 300));
  peer.socket.write("still there");
  await peer.untilHeard("<still there>");
});

test("the signal is aborted when the connection closes", async () => {
  let reason: unknown;
  const { endpoint } = await startWorker((environ, startResponse) => {
    const signal = environ["uwsgi_bridge.signal"];
    signal.addEventListener("abort", () => {
      reason = signal.reason;
    });
    return echoApp(environ, startResponse);
  });
  const peer = ask(endpoint);
  await peer.untilHeard(SWITCH);
  expect(reason).toBeUndefined();
  peer.socket.destroy();
  await until(() => reason !== undefined, "the signal was aborted");
  expect(reason).toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
});

describe("closing the worker", () => {
  test("waits for tunnels", async () => {
    const { worker, endpoint } = await startWorker(echoApp);
    const peer = ask(endpoint);
    await peer.untilHeard(SWITCH);
    const closed = worker.close(20_000);
    peer.socket.write("x");
    await peer.untilHeard("<x>");
    peer.socket.end();
    await closed;
    await peer.untilEnd();
    expect(peer.heard()).toBe(`${SWITCH}<x>bye`);
  });

  test("cuts them when its time is over", async () => {
    const { worker, endpoint } = await startWorker(echoApp);
    const peer = ask(endpoint);
    await peer.untilHeard(SWITCH);
    await worker.close(20);
    await peer.untilEnd();
    expect(worker.stats()).toMatchObject({ tunnels: 0, openConnections: 0 });
  });
});
