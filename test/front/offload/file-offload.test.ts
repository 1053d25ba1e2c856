import { execFileSync } from "node:child_process";
import { mkdir, rename, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import { temporaryDirectory } from "../../support/endpoints.ts";
import { startFront, startScriptedWorker } from "../../support/fronts.ts";
import { startScriptedServer } from "../../support/http-servers.ts";
import { openFiles } from "../../support/open-files.ts";
import { converseHttp, type HttpAnswer, header } from "../../support/raw-http.ts";
import { startTalker } from "../../support/tunnels.ts";
import { until } from "../../support/wait.ts";

const GET = "GET /download HTTP/1.1\r\nHost: a.test\r\n\r\n";

let home = "";
let options: Pick<FrontOptions, "accelRoots" | "sendfileRoots"> = {};

beforeEach(async () => {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  home = directory.path;
  await mkdir(join(home, "files"));
  await writeFile(join(home, "files", "a.txt"), "0123456789");
  await writeFile(join(home, "files", "é.txt"), "accent");
  await writeFile(join(home, "secret.txt"), "secret");
  options = { accelRoots: { "/protected": join(home, "files") }, sendfileRoots: [join(home, "files")] };
});

interface Asked {
  readonly answer: HttpAnswer | undefined;
  readonly codes: readonly unknown[];
  readonly logged: string;
  readonly workerEnd: () => Promise<void>;
}

/** What a client gets when the worker answers with these fields and this body. */
async function ask(
  fields: string,
  { request = GET, body = "ignored", frontOptions = options } = {},
): Promise<Asked> {
  const worker = await startScriptedWorker(({ socket }) =>
    socket.end(`HTTP/1.1 200 OK\r\nContent-Type: text/x-own\r\n${fields}\r\n\r\n${body}`, "latin1"),
  );
  const { endpoint, log } = await startFront([worker.endpoint], frontOptions);
  const methods = [request.slice(0, request.indexOf(" "))];
  const { answers } = await converseHttp(endpoint, request, { enough: 1, methods, quietMs: 3000 });
  return {
    answer: answers[0],
    codes: log.codes,
    logged: JSON.stringify(log.lines),
    workerEnd: () =>
      until(() => worker.requests[0]?.socket.closed === true, "the worker's connection was closed"),
  };
}

describe("a file is sent in place of the body", () => {
  test("with X-Accel-Redirect", async () => {
    const { answer, workerEnd } = await ask("Set-Cookie: a=1\r\nX-Accel-Redirect: /protected/a.txt");
    expect(answer).toMatchObject({ status: 200, body: "0123456789", isComplete: true });
    expect(header(answer, "content-length")).toBe("10");
    expect(header(answer, "content-type")).toBe("text/x-own");
    expect(header(answer, "set-cookie")).toBe("a=1");
    expect(header(answer, "etag")).toMatch(/^"[0-9a-z]+-a"$/);
    expect(header(answer, "x-accel-redirect")).toBeUndefined();
    await workerEnd();
  });

  test("with X-Sendfile", async () => {
    const { answer } = await ask(`X-Sendfile: ${home}/files/a.txt`);
    expect(answer).toMatchObject({ status: 200, body: "0123456789" });
    expect(header(answer, "x-sendfile")).toBeUndefined();
  });

  test.each(["/protected/%C3%A9.txt", "/protected/\u00c3\u00a9.txt"])(
    "whatever its name: %s",
    async (path) => {
      expect((await ask(`X-Accel-Redirect: ${path}`)).answer?.body).toBe("accent");
    },
  );

  test("in part", async () => {
    const request = GET.replace("\r\n\r\n", "\r\nRange: bytes=2-4\r\n\r\n");
    const { answer } = await ask("X-Accel-Redirect: /protected/a.txt", { request });
    expect(answer).toMatchObject({ status: 206, body: "234", isComplete: true });
    expect(header(answer, "content-range")).toBe("bytes 2-4/10");
  });

  test("in several parts, of the type that the application said", async () => {
    const request = GET.replace("\r\n\r\n", "\r\nRange: bytes=0-1,-2\r\n\r\n");
    const { answer } = await ask("Set-Cookie: a=1\r\nX-Accel-Redirect: /protected/a.txt", { request });
    expect(answer).toMatchObject({ status: 206, isComplete: true });
    const [, boundary] =
      /^multipart\/byteranges; boundary=(\w+)$/.exec(header(answer, "content-type") ?? "") ?? [];
    const part = (range: string): string =>
      `\r\n--${boundary}\r\nContent-Type: text/x-own\r\nContent-Range: bytes ${range}/10\r\n\r\n`;
    expect(answer?.body).toBe(`${part("0-1")}01${part("8-9")}89\r\n--${boundary}--\r\n`);
    expect(header(answer, "set-cookie")).toBe("a=1");
  });

  test("or not at all, when the client has it", async () => {
    const etag = header((await ask("X-Accel-Redirect: /protected/a.txt")).answer, "etag");
    const request = GET.replace("\r\n\r\n", `\r\nIf-None-Match: ${etag}\r\n\r\n`);
    const { answer } = await ask("X-Accel-Redirect: /protected/a.txt", { request });
    expect(answer).toMatchObject({ status: 304, body: "", isComplete: true });
    expect(header(answer, "content-length")).toBeUndefined();
  });

  test("to HEAD only its length", async () => {
    const { answer } = await ask("X-Accel-Redirect: /protected/a.txt", {
      request: GET.replace("GET", "HEAD"),
      body: "",
    });
    expect(answer).toMatchObject({ status: 200, body: "" });
    expect(header(answer, "content-length")).toBe("10");
  });

  test("when it is empty too", async () => {
    await writeFile(join(home, "files", "empty"), "");
    const { answer } = await ask("X-Accel-Redirect: /protected/empty");
    expect(answer).toMatchObject({ status: 200, body: "", isComplete: true });
    expect(header(answer, "content-length")).toBe("0");
  });

  test("through a link that stays inside, and a directory that is a link", async () => {
    await symlink("a.txt", join(home, "files", "link"));
    expect((await ask("X-Accel-Redirect: /protected/link")).answer?.body).toBe("0123456789");
    await symlink(join(home, "files"), join(home, "current"));
    const frontOptions = {
      accelRoots: { "/protected": join(home, "current") },
      sendfileRoots: [join(home, "current")],
    };
    expect((await ask("X-Accel-Redirect: /protected/a.txt", { frontOptions })).answer?.body).toBe(
      "0123456789",
    );
    expect((await ask(`X-Sendfile: ${home}/files/a.txt`, { frontOptions })).answer?.body).toBe("0123456789");
  });

  test("whatever the application goes on to say", async () => {
    const { answer, workerEnd } = await ask("X-Accel-Redirect: /protected/a.txt", {
      body: "x".repeat(5 * 1024 * 1024),
    });
    expect(answer).toMatchObject({ status: 200, body: "0123456789", isComplete: true });
    await workerEnd();
  });
});

describe("a file is refused", () => {
  test.each([
    { name: "there is none", path: "/protected/none", status: 404, code: "UWB_ERR_FILE_NOT_FOUND" },
    {
      name: "a part of the path is a file",
      path: "/protected/a.txt/b",
      status: 404,
      code: "UWB_ERR_FILE_NOT_FOUND",
    },
    { name: "dots lead out", path: "/protected/../secret.txt", status: 403, code: "UWB_ERR_FILE_FORBIDDEN" },
    {
      name: "hidden dots do",
      path: "/protected/%2e%2e/secret.txt",
      status: 403,
      code: "UWB_ERR_FILE_FORBIDDEN",
    },
    { name: "no prefix fits", path: "/other/a.txt", status: 403, code: "UWB_ERR_FILE_FORBIDDEN" },
    { name: "a NUL is in it", path: "/protected/a.txt%00", status: 403, code: "UWB_ERR_FILE_FORBIDDEN" },
    { name: "it is a directory", path: "/protected/sub", status: 403, code: "UWB_ERR_FILE_FORBIDDEN" },
    { name: "a link leads out", path: "/protected/out", status: 403, code: "UWB_ERR_FILE_FORBIDDEN" },
    {
      name: "a linked directory does",
      path: "/protected/up/secret.txt",
      status: 403,
      code: "UWB_ERR_FILE_FORBIDDEN",
    },
    { name: "it is a pipe", path: "/protected/pipe", status: 403, code: "UWB_ERR_FILE_FORBIDDEN" },
  ])("when $name", async ({ path, status, code }) => {
    await mkdir(join(home, "files", "sub"));
    await symlink("../secret.txt", join(home, "files", "out"));
    await symlink(home, join(home, "files", "up"));
    execFileSync("mkfifo", [join(home, "files", "pipe")]);
    const { answer, codes, logged } = await ask(`Set-Cookie: a=1\r\nX-Accel-Redirect: ${path}`);
    expect(answer).toMatchObject({ status, isComplete: true });
    expect(answer?.body).toContain(code);
    expect(header(answer, "set-cookie")).toBeUndefined();
    expect(codes).toEqual([code]);
    expect(logged).not.toContain(path);
  });

  test.each(["/etc/passwd", "secret.txt"])("when X-Sendfile names %s", async (path) => {
    expect((await ask(`X-Sendfile: ${path}`)).answer?.status).toBe(403);
  });
});

test("without a directory the field is taken off, the body stays, and the log says so once", async () => {
  const worker = await startScriptedWorker(({ socket }) =>
    socket.end(`HTTP/1.1 200 OK\r\nX-Sendfile: ${home}/files/a.txt\r\nContent-Length: 3\r\n\r\nabc`),
  );
  const { endpoint, log } = await startFront([worker.endpoint], { accelRoots: { "/protected": home } });
  const { answers } = await converseHttp(endpoint, GET + GET, { enough: 2 });
  expect(answers.map(({ body }) => body)).toEqual(["abc", "abc"]);
  expect(header(answers[0], "x-sendfile")).toBeUndefined();
  expect(log.lines).toEqual([
    expect.objectContaining({ level: "warn", message: expect.stringContaining("no directory") }),
  ]);
});

const SIZE = 64 * 1024 * 1024;

test.each(["X-Accel-Redirect: /protected/a.txt", "X-Sendfile: HOME/files/a.txt"])(
  "an HTTP server lets no file be sent: %s",
  async (line) => {
    const field = line.replace("HOME", home);
    const { url } = await startScriptedServer(({ socket }) =>
      socket.write(`HTTP/1.1 200 OK\r\n${field}\r\nContent-Length: 3\r\n\r\nown`),
    );
    const { endpoint, log } = await startFront([], { ...options, routes: [{ path: "/", to: url }] });
    const { answers } = await converseHttp(endpoint, GET + GET, { enough: 2, methods: ["GET", "GET"] });
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, "own"],
      [200, "own"],
    ]);
    const names = answers.flatMap(({ headers }) => headers.map(([name]) => name));
    expect(names).not.toContain("x-accel-redirect");
    expect(names).not.toContain("x-sendfile");
    expect(log.lines).toMatchObject([
      { level: "warn", fields: { field: line.split(":")[0]?.toLowerCase() } },
    ]);
  },
);

describe("a large file", () => {
  test("is read at the pace of its reader", async () => {
    await makeBig(join(home, "files", "big"));
    const worker = await startScriptedWorker(({ socket }) =>
      socket.end("HTTP/1.1 200 OK\r\nX-Accel-Redirect: /protected/big\r\n\r\n"),
    );
    const { front, endpoint } = await startFront([worker.endpoint], options);
    const before = process.memoryUsage().arrayBuffers;
    const client = startTalker(endpoint, GET);
    client.socket.pause();
    await until(() => worker.requests.length === 1, "the request arrived");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(SIZE / 4);
    expect(front.stats().openRequests).toBe(1);
    let received = 0;
    client.socket.removeAllListeners("data");
    client.socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    client.socket.resume();
    await until(() => received > SIZE, "all of it came", 30_000);
    await until(() => front.stats().openRequests === 0, "the response is over");
  });

  test.runIf(process.platform === "linux")("is let go when its reader leaves", async () => {
    await makeBig(join(home, "files", "big"));
    const worker = await startScriptedWorker(({ socket }) =>
      socket.end("HTTP/1.1 200 OK\r\nX-Accel-Redirect: /protected/big\r\n\r\n"),
    );
    const { front, endpoint } = await startFront([worker.endpoint], options);
    const client = startTalker(endpoint, GET);
    await client.untilHeard("\r\n\r\n");
    client.socket.pause();
    expect(openFiles(home)).toHaveLength(1);
    // A handle that was forgotten is closed by the engine some day, with a warning.
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): number => warnings.push(message);
    process.on("warning", onWarning);
    client.socket.destroy();
    await until(() => front.stats().openRequests === 0, "the response is over");
    await until(() => openFiles(home).length === 0, "the file was closed");
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
  });

  test("that becomes shorter meanwhile does not look whole", async () => {
    const path = join(home, "files", "big");
    await makeBig(path);
    const worker = await startScriptedWorker(({ socket }) =>
      socket.end("HTTP/1.1 200 OK\r\nX-Accel-Redirect: /protected/big\r\n\r\n"),
    );
    const { endpoint, log } = await startFront([worker.endpoint], options);
    const client = startTalker(endpoint, GET);
    await client.untilHeard("\r\n\r\n");
    client.socket.pause();
    await truncate(path, 1024);
    client.socket.resume();
    await client.untilEnd();
    expect(client.heard().length).toBeLessThan(SIZE);
    expect(log.codes).toEqual(["UWB_ERR_FILE_READ"]);
  });

  test("that is replaced by renaming is sent as it was", async () => {
    const path = join(home, "files", "big");
    await makeBig(path);
    const worker = await startScriptedWorker(({ socket }) =>
      socket.end("HTTP/1.1 200 OK\r\nX-Accel-Redirect: /protected/big\r\n\r\n"),
    );
    const { endpoint } = await startFront([worker.endpoint], options);
    const client = startTalker(endpoint, GET);
    const head = await client.untilHeard("\r\n\r\n");
    await writeFile(`${path}.new`, "short");
    await rename(`${path}.new`, path);
    const headEnd = head.indexOf("\r\n\r\n") + 4;
    await until(() => client.heard().length === headEnd + SIZE, "all of it came", 30_000);
  });
});

/** A file of zeros that costs no memory, which would be taken for the front's. */
async function makeBig(path: string): Promise<void> {
  await writeFile(path, "");
  await truncate(path, SIZE);
}
