import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startProgram } from "../support/process.ts";
import { until } from "../support/wait.ts";
import { startWorker, textApp } from "../support/workers.ts";

const COMMAND = fileURLToPath(new URL("../../bin/uwsgi-bridge.js", import.meta.url));
const CLIENTS = 1000;
const DESCRIPTORS = 256;
const GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

class Client {
  text = "";
  isClosed = false;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1" });
    this.socket.on("data", (bytes: Buffer) => {
      this.text += bytes.toString("latin1");
    });
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => {
      this.isClosed = true;
    });
  }

  get answers(): number {
    return this.text.split("HTTP/1.1 200").length - 1;
  }
}

/** A command that may have few descriptors. */
function startPoor(args: readonly string[]): ReturnType<typeof startProgram> {
  const script = `ulimit -n ${DESCRIPTORS}; exec "$0" "$@"`;
  const program = startProgram("bash", ["-c", script, process.execPath, COMMAND, ...args]);
  onTestFinished(() => program.stop());
  return program;
}

test("1000 clients of a front with 256 descriptors: it serves those it has, refuses the others, and recovers", async () => {
  const { endpoint } = await startWorker(textApp("ok"));
  const to = endpoint.type === "tcp" ? `${endpoint.host}:${endpoint.port}` : "";
  const program = startPoor(["front", "--http", "127.0.0.1:0", "--to", to]);
  const [, text] = await program.untilOutput(/http:\/\/127\.0\.0\.1:(\d+)\//);
  const port = Number(text);
  const old = new Client(port);
  old.socket.write(GET);
  await until(() => old.answers === 1, "the first request is answered");

  const crowd = Array.from({ length: CLIENTS }, () => new Client(port));
  onTestFinished(() => {
    for (const { socket } of crowd) socket.destroy();
    old.socket.destroy();
  });
  await until(
    () => crowd.filter(({ isClosed }) => isClosed).length >= CLIENTS - 139,
    "most are refused",
    20_000,
  );
  const refused = crowd.filter(({ isClosed }) => isClosed);
  const told = refused.filter(
    (client) => client.text.startsWith("HTTP/1.1 503 ") && /^Retry-After: 1$/m.test(client.text),
  );
  expect(refused.length).toBe(CLIENTS - 139);
  expect(told.length).toBe(refused.length);
  await program.untilOutput(/"code":"UWB_ERR_TOO_MANY_CONNECTIONS"/);
  expect(program.stderr.split("UWB_ERR_TOO_MANY_CONNECTIONS").length).toBe(2);

  const kept = crowd.filter(({ isClosed }) => !isClosed);
  for (const client of [old, ...kept]) client.socket.write(GET);
  await until(() => old.answers === 2, "the old connection is served meanwhile");
  await until(
    () => kept.every(({ answers }) => answers === 1),
    "all connections that were kept are served",
    20_000,
  );

  for (const { socket } of kept) socket.destroy();
  await untilServed(port);
}, 60_000);

test("no descriptor is left: the front lives, says so, serves who is there already, and recovers", async () => {
  const { endpoint } = await startWorker(textApp("ok"));
  const to = endpoint.type === "tcp" ? `${endpoint.host}:${endpoint.port}` : "";
  const program = startPoor(["front", "--http", "127.0.0.1:0", "--to", to, "--max-connections", "100000"]);
  const [, text] = await program.untilOutput(/http:\/\/127\.0\.0\.1:(\d+)\//);
  const port = Number(text);
  const old = new Client(port);
  onTestFinished(() => void old.socket.destroy());
  old.socket.write(GET);
  await until(() => old.answers === 1, "the first request is answered");
  const crowd = Array.from({ length: CLIENTS }, () => new Client(port));
  onTestFinished(() => {
    for (const { socket } of crowd) socket.destroy();
  });
  await program.untilOutput(/"code":"UWB_ERR_DESCRIPTORS","errno":"EMFILE","limit":256/);
  old.socket.write(GET);
  await until(() => old.answers === 2, "the old connection is served over the kept connection to the worker");
  for (const { socket } of crowd) socket.destroy();
  await program.untilOutput(/there are descriptors again/);
  await untilServed(port);
}, 60_000);

/** The server learns a little later than the clients that they have left. */
async function untilServed(port: number): Promise<void> {
  let client = new Client(port);
  client.socket.write(GET);
  await until(() => {
    if (client.isClosed && client.answers === 0) {
      client = new Client(port);
      client.socket.write(GET);
    }
    return client.answers === 1;
  }, "a new connection is served");
  client.socket.destroy();
}
