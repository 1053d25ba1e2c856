import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createFront } from "../../../src/front/front.ts";
import type { FrontOptions } from "../../../src/front/options.ts";
import { formatEndpoint } from "../../../src/net/endpoint.ts";
import { temporaryDirectory } from "../../support/endpoints.ts";
import { startFront } from "../../support/fronts.ts";
import { connectHttp, converseHttp, header } from "../../support/raw-http.ts";
import { until } from "../../support/wait.ts";
import { endpointFor, startWorker, textApp } from "../../support/workers.ts";

const GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";

async function startSite(options: Omit<FrontOptions, "to">) {
  const app = textApp("hello");
  const { endpoint: to } = await startWorker(app);
  return { app, ...(await startFront([to], options)) };
}

/** A file with this text, and how to put another one in its place. */
async function startList(text: string) {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  const file = join(path, "list.txt");
  await writeFile(file, text);
  const replace = async (next: string): Promise<void> => {
    await writeFile(`${file}.new`, next);
    await rename(`${file}.new`, file);
  };
  return { file, replace };
}

test.each<[Omit<FrontOptions, "to">, number]>([
  [{ deny: ["127.0.0.0/8"] }, 403],
  [{ deny: ["10.0.0.0/8"] }, 200],
  [{ allow: ["127.0.0.0/8"] }, 200],
  [{ allow: ["10.0.0.0/8"] }, 403],
  [{ allow: ["127.0.0.1"], deny: ["127.0.0.0/8"] }, 200],
  [{ allow: ["unix"] }, 403],
])("%j: %i", async (options, status) => {
  const { app, front, endpoint, log } = await startSite(options);
  const { answers, end } = await converseHttp(endpoint, GET);
  expect([answers[0]?.status, app.calls, end]).toEqual([status, status === 200 ? 1 : 0, "open"]);
  expect(front.stats().counts).toMatchObject({ deniedRequests: status === 200 ? 0 : 1 });
  if (status === 403) {
    expect(answers[0]?.body).toMatch(
      /^UWB_ERR_REQUEST_INVALID: requests from this address are not served\nrequest /,
    );
    expect(log.lines[0]?.fields).toMatchObject({ status, requestId: header(answers[0], "x-request-id") });
  }
});

test.each([
  [{ allow: ["unix"] }, 200],
  [{ allow: ["127.0.0.1"] }, 403],
  [{ deny: ["unix"] }, 403],
  [{ deny: ["127.0.0.1"] }, 200],
])("a client on a Unix socket with %j: %i", async (options, status) => {
  const { endpoint: to } = await startWorker(textApp("hello"));
  const front = createFront({ to: [formatEndpoint(to)], ...options });
  onTestFinished(() => front.close(0));
  const endpoint = await front.listen(await endpointFor("unix"));
  const { answers } = await converseHttp(endpoint, GET);
  expect(answers[0]?.status).toBe(status);
});

test("a body that is not wanted is not waited for, and the connection ends", async () => {
  const { app, endpoint } = await startSite({ deny: ["all"] });
  const post = "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\nabc";
  const { answers } = await converseHttp(endpoint, post, { methods: ["POST"], enough: 1 });
  expect([answers[0]?.status, header(answers[0], "connection"), app.calls]).toEqual([403, "close", 0]);
});

test("a WebSocket is turned away too", async () => {
  const { app, endpoint } = await startSite({ deny: ["all"] });
  const fields =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
  const { answers } = await converseHttp(endpoint, `GET /x HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`);
  expect([answers[0]?.status, app.calls]).toEqual([403, 0]);
});

test("methods that are not listed are answered with those that are", async () => {
  const { app, endpoint } = await startSite({ allowMethods: ["GET"] });
  const { answers } = await converseHttp(endpoint, GET.replace("GET", "DELETE") + GET, {
    methods: ["DELETE", "GET"],
  });
  expect(answers.map(({ status }) => status)).toEqual([405, 200]);
  expect(header(answers[0], "allow")).toBe("GET, HEAD");
  expect(app.calls).toBe(1);
});

test("a path that is denied is not reached in other words", async () => {
  const { app, endpoint } = await startSite({ denyPaths: ["/admin/**"] });
  const targets = ["/admin/x", "/%61dmin/x", "//admin/x", "/a/..%2Fadmin/x", "/admin?a", "/x?/admin/x"];
  const bytes = targets.map((target) => GET.replace("/x", target)).join("");
  const { answers } = await converseHttp(endpoint, bytes);
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 200]);
  expect(app.calls).toBe(1);
});

test("a list that changes counts from then on, on connections that are open too", async () => {
  const { file, replace } = await startList("10.0.0.0/8\n");
  const { endpoint, log } = await startSite({ denyFiles: [file] });
  const client = connectHttp(endpoint);
  let heard = "";
  client.on("data", (chunk: Buffer) => {
    heard += chunk.toString("latin1");
  });
  const ask = async (times: number): Promise<void> => {
    client.write(GET);
    await until(() => heard.split("HTTP/1.1 ").length > times, `answer ${times} has come`);
  };
  const logged = (text: string) =>
    until(() => log.lines.some(({ message }) => message.includes(text)), text, 15_000);
  await ask(1);
  await replace("10.0.0.0/8\n127.0.0.1 # this one\n");
  await logged("was read again");
  await ask(2);
  await replace("\n127.0.0.\n::1\nx y\n");
  await logged("lines that are none");
  await ask(3);
  await rm(file);
  await logged("can not be read");
  await ask(4);
  await replace("10.0.0.0/8");
  const readings = () => log.lines.filter(({ message }) => message.includes("was read again"));
  await until(() => readings().length === 2, "it is back", 15_000);
  await ask(5);
  client.destroy();
  expect(heard.match(/(?<=HTTP\/1\.1 )\d+/g)).toEqual(["200", "403", "403", "403", "200"]);
  expect(log.lines.find(({ level }) => level === "warn")?.fields).toEqual({ file, lines: [2, 4], faults: 2 });
}, 40_000);

test("an empty file of allowed addresses lets nobody in, and one that fills up does", async () => {
  const { file, replace } = await startList("# nobody yet\n");
  const { endpoint, log } = await startSite({ allowFiles: [file] });
  expect((await converseHttp(endpoint, GET, { enough: 1 })).answers[0]?.status).toBe(403);
  await replace("127.0.0.1");
  await until(
    () => log.lines.some(({ message }) => message.includes("was read again")),
    "it was read",
    15_000,
  );
  expect((await converseHttp(endpoint, GET, { enough: 1 })).answers[0]?.status).toBe(200);
}, 20_000);

test("a front that is closed looks at its files no more", async () => {
  const { file, replace } = await startList("10.0.0.0/8\n");
  const { front, log } = await startSite({ denyFiles: [file] });
  const { log: otherLog } = await startSite({ denyFiles: [file] });
  await front.close(0);
  await replace("10.0.0.0/9\n");
  await until(() => otherLog.lines.length > 0, "the other front has read it", 15_000);
  expect(log.lines).toEqual([]);
}, 20_000);
