import { mkdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Application } from "../../src/gateway/types.ts";
import { formatEndpoint } from "../../src/net/endpoint.ts";
import { type CliResult, runCli } from "../support/cli-io.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import {
  answerAndStall,
  answerWith,
  closeSilently,
  refusingAddress,
  resetAtOnce,
  stall,
  startPeer,
} from "../support/rude-peers.ts";
import { startWorker, textApp, transports } from "../support/workers.ts";

/** Answers with what it was asked. */
const mirror: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  const strings = Object.entries(environ).filter(([, value]) => typeof value === "string");
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [Buffer.from(JSON.stringify({ body: body.toString("latin1"), ...Object.fromEntries(strings) }))];
};

const app = (status: string, headers: [string, string][], body: Uint8Array): Application => {
  return (_environ, startResponse) => {
    startResponse(status as `${number} ${string}`, headers);
    return [body];
  };
};

describe.each(transports)("over %s", (transport) => {
  test("the body goes to standard output, and nothing else", async () => {
    const { endpoint } = await startWorker(textApp("Hello\n"), {}, { transport });
    const result = await request(formatEndpoint(endpoint));
    expect(result).toMatchObject({ code: 0, out: "Hello\n", err: "" });
  });
});

test("a body goes out byte by byte as it came in, however long", async () => {
  const body = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7) % 256));
  const { bytes, code } = await request(await worker(app("200 OK", [], body)));
  expect(code).toBe(0);
  expect(bytes.equals(body)).toBe(true);
});

describe("what is asked for", () => {
  test.each([
    { name: "the root by default", args: [], REQUEST_URI: "/" },
    { name: "the path that is given", args: ["/a%20b?c=d"], REQUEST_URI: "/a%20b?c=d" },
    { name: "a path in UTF-8", args: ["/ü"], REQUEST_URI: Buffer.from("/ü").toString("latin1") },
    { name: "everything", args: ["*", "-X", "OPTIONS"], REQUEST_URI: "*" },
  ])("$name", async ({ args, REQUEST_URI }) => {
    expect(await asked(...args)).toMatchObject({ REQUEST_URI });
  });

  test.each([
    { name: "a URL with path and query", suffix: "/a?b=c#d", REQUEST_URI: "/a?b=c" },
    { name: "a URL with a query only", suffix: "?b=c", REQUEST_URI: "/?b=c" },
    { name: "a URL without anything", suffix: "", REQUEST_URI: "/" },
  ])("$name", async ({ suffix, REQUEST_URI }) => {
    const target = await worker(mirror);
    for (const url of [`uwsgi://${target}${suffix}`, `${target}${suffix}`]) {
      expect(JSON.parse((await request(url)).out)).toMatchObject({ REQUEST_URI });
    }
  });

  test("URL and path together are an error", async () => {
    const { code, err } = await request("127.0.0.1:1/a", "/b");
    expect(code).toBe(2);
    expect(err).toContain("the path is given twice, as /a and as /b");
  });
});

describe("what is sent", () => {
  test("headers and vars", async () => {
    const args = [
      "-H",
      "X-A: 1",
      "-H",
      "Host: a.test",
      "--header",
      "X-Empty;",
      "--var",
      "REMOTE_USER=kim",
      "--var",
      "E=",
    ];
    expect(await asked(...args)).toMatchObject({
      HTTP_X_A: "1",
      HTTP_HOST: "a.test",
      HTTP_X_EMPTY: "",
      REMOTE_USER: "kim",
      E: "",
    });
  });

  test("a header in UTF-8, as bytes", async () => {
    expect(await asked("-H", "X-A: ü")).toMatchObject({ HTTP_X_A: Buffer.from("ü").toString("latin1") });
  });

  test.each([
    { name: "a header without a value", args: ["-H", "Host:"] },
    { name: "--unset-var", args: ["--unset-var", "HTTP_HOST"] },
  ])("$name leaves the var out", async ({ args }) => {
    const { err } = await request(await worker(mirror), "-v", ...args);
    expect(err).not.toContain("HTTP_HOST");
  });

  test.each([
    { name: "GET by default", args: [], REQUEST_METHOD: "GET", body: "" },
    { name: "the method that is given", args: ["-X", "DELETE"], REQUEST_METHOD: "DELETE", body: "" },
    { name: "POST with data", args: ["-d", "a=1", "-d", "b=2"], REQUEST_METHOD: "POST", body: "a=1&b=2" },
    { name: "POST with empty data", args: ["-d", ""], REQUEST_METHOD: "POST", CONTENT_LENGTH: "0" },
    { name: "another method with data", args: ["-d", "x", "-X", "PUT"], REQUEST_METHOD: "PUT", body: "x" },
    { name: "data as a form", args: ["-d", "x"], CONTENT_TYPE: "application/x-www-form-urlencoded" },
    { name: "data as something else", args: ["-d", "x", "-H", "content-type: a/b"], CONTENT_TYPE: "a/b" },
  ])("$name", async ({ name: _, args, ...expected }) => {
    expect(await asked(...args)).toMatchObject(expected);
  });

  test("data from standard input", async () => {
    const { out } = await runCli(["request", await worker(mirror), "-d", "@-"], { stdin: "a\nb\u0000" });
    expect(JSON.parse(out)).toMatchObject({ body: "a\nb\u0000", CONTENT_LENGTH: "4" });
  });

  test("data from a file, as it is", async () => {
    const { cwd, path } = await fileWith("line\n");
    const { out } = await runCli(["request", await worker(mirror), "-d", `@${path}`], { cwd });
    expect(JSON.parse(out)).toMatchObject({ body: "line\n" });
  });

  test("a file is uploaded as a stream, with its size", async () => {
    const content = "0123456789".repeat(200_000);
    const { cwd, path } = await fileWith(content);
    const { out } = await runCli(["request", await worker(mirror), "-T", path], { cwd });
    expect(JSON.parse(out)).toMatchObject({
      REQUEST_METHOD: "PUT",
      CONTENT_LENGTH: "2000000",
      body: content,
    });
  });

  test("an empty file is uploaded", async () => {
    const { cwd, path } = await fileWith("");
    const { out } = await runCli(["request", await worker(mirror), "-T", path], { cwd });
    expect(JSON.parse(out)).toMatchObject({ CONTENT_LENGTH: "0", body: "" });
  });

  test("modifiers", async () => {
    const target = await startPeer((socket) => {
      socket.once("data", (packet) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${packet[0]} ${packet[3]}`));
    });
    const { out } = await request(formatEndpoint(target), "--modifier1", "5", "--modifier2", "255");
    expect(out).toBe("5 255");
  });
});

test("a file that shrinks while it is uploaded ends the request", async () => {
  const { cwd, path } = await fileWith("x".repeat(5_000_000));
  const target = await startPeer((socket) => {
    socket.once("data", () => {
      socket.pause();
      void truncate(join(cwd, path), 1_000_000).then(() => socket.resume());
    });
  });
  const { code, err } = await runCli(["request", formatEndpoint(target), "-T", path], { cwd });
  expect(code).toBe(12);
  expect(err).toMatch(/had 5000000 bytes, and now has \d+/);
});

describe("what is shown", () => {
  test("--include: the head too", async () => {
    const target = await worker(app("404 Gone", [["X-A", "1"]], Buffer.from("body")));
    expect(await request(target, "-i")).toMatchObject({
      code: 0,
      out: "HTTP/1.1 404 Gone\r\nX-A: 1\r\nContent-Length: 4\r\n\r\nbody",
    });
  });

  test("--output: a file, the head included, and nothing on standard output", async () => {
    const { path: cwd, remove } = await temporaryDirectory();
    onTestFinished(remove);
    const target = await worker(app("200 OK", [["X-A", "1"]], Buffer.from("body")));
    const result = await runCli(["request", target, "-o", "out", "-i"], { cwd });
    expect(result).toMatchObject({ code: 0, out: "", err: "" });
    expect(await readFile(join(cwd, "out"), "utf8")).toBe(
      "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 4\r\n\r\nbody",
    );
  });

  test("--output -: standard output", async () => {
    expect((await request(await worker(textApp("Hello")), "-o", "-")).out).toBe("Hello");
  });

  test("--output that can not be written is an error of the system", async () => {
    const result = await request(await worker(textApp("Hello")), "-o", "/no/such/directory/out");
    expect(result).toMatchObject({ code: 1, err: expect.stringContaining("ENOENT") });
  });

  test("--verbose: packet, head and times, without secrets", async () => {
    const target = await worker(app("200 OK", [["Set-Cookie", "sid=1"]], Buffer.from("body")));
    const { out, err } = await request(target, "-v", "-H", "Cookie: sid=2", "-d", "data");
    expect(out).toBe("body");
    expect(err).toContain(
      `* to ${target}\n> modifier1 0 (a request for the default application), modifier2 0\n`,
    );
    expect(err).toMatch(/> 14 vars in \d+ bytes\n/);
    expect(err).toMatch(/> +22 {2}REQUEST_METHOD +POST\n/);
    expect(err).toMatch(/HTTP_COOKIE +\[redacted, 5 bytes\]\n/);
    expect(err).toContain("> 4 bytes of body\n< 200 OK\n");
    expect(err).toContain("< Set-Cookie: [redacted, 5 bytes]\n");
    expect(err).toMatch(/\* head after \d+\.\d ms, all 4 bytes of body after \d+\.\d ms\n$/);
  });

  test("--verbose --show-secrets: secrets too", async () => {
    const { err } = await request(await worker(textApp("")), "-v", "--show-secrets", "-H", "Cookie: sid=2");
    expect(err).toMatch(/HTTP_COOKIE +sid=2\n/);
  });
});

describe("--fail", () => {
  test.each([400, 404, 500, 599])("%d: exit code 22, and no body", async (status) => {
    const target = await worker(app(`${status} No`, [], Buffer.from("body")));
    const { code, out, err } = await request(target, "-f");
    expect({ code, out }).toEqual({ code: 22, out: "" });
    expect(err).toBe(`uwsgi-bridge: the server answered ${status} No\n`);
  });

  test.each([200, 304, 399])("%d: all is well", async (status) => {
    const target = await worker(app(`${status} Yes`, [], Buffer.from(status === 304 ? "" : "body")));
    expect((await request(target, "--fail")).code).toBe(0);
  });

  test("writes no file, but the head that was asked for", async () => {
    const { path: cwd, remove } = await temporaryDirectory();
    onTestFinished(remove);
    const target = await worker(app("404 No", [], Buffer.from("body")));
    const { code, out } = await runCli(["request", target, "-f", "-i", "-o", "out"], { cwd });
    expect({ code, out }).toEqual({ code: 22, out: "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\n" });
    await expect(stat(join(cwd, "out"))).rejects.toThrow("ENOENT");
  });
});

describe("failures", () => {
  test.each(transports)("refused over %s: 10, and what to look at", async (transport) => {
    const { code, out, err } = await request(formatEndpoint(await refusingAddress(transport)));
    expect({ code, out }).toEqual({ code: 10, out: "" });
    expect(err).toContain("[UWB_ERR_UPSTREAM_CONNECT]\n");
    expect(err).toContain("is the server running");
  });

  test("no such host: 10", async () => {
    const { code, err } = await request("no-such-host.invalid:3031");
    expect(code).toBe(10);
    expect(err).toMatch(/no such host|can not be looked up/);
  });

  test.each([
    { name: "silence", behave: stall },
    { name: "silence inside a body", behave: answerAndStall("HTTP/1.1 200 OK\r\n\r\nhalf") },
  ])("$name: 11", async ({ behave }) => {
    const { code, err } = await request(formatEndpoint(await startPeer(behave)), "-m", "50ms");
    expect(code).toBe(11);
    expect(err).toContain("within 50 ms [UWB_ERR_UPSTREAM_READ_TIMEOUT]\n  the application may be slow");
  });

  test.each([
    { name: "no answer", behave: closeSilently, hint: "--buffer-size" },
    { name: "no answer but a reset", behave: resetAtOnce, hint: "--buffer-size" },
    { name: "no HTTP", behave: answerWith("garbage\r\n\r\n"), hint: "is this a uwsgi port?" },
    { name: "half a head", behave: answerWith("HTTP/1.1 200 OK\r\n"), hint: "--buffer-size" },
    {
      name: "half a body",
      behave: answerWith("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
      hint: "the application failed inside its response",
    },
  ])("$name: 12, with a hint", async ({ behave, hint }) => {
    const { code, err } = await request(formatEndpoint(await startPeer(behave)));
    expect(code).toBe(12);
    expect(err).toContain(hint);
  });

  test("no answer: the hint has the size of the packet", async () => {
    const target = formatEndpoint(await startPeer(closeSilently));
    const { err } = await request(target, "--var", `BIG=${"x".repeat(5000)}`);
    expect(err).toMatch(/\[UWB_ERR_UPSTREAM_CLOSED\]\n {2}- 5\d\d\d bytes of vars are more than the 4096/);
  });

  test("half a body was printed all the same", async () => {
    const target = await startPeer(answerWith("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
    expect((await request(formatEndpoint(target))).out).toBe("half");
  });
});

describe("wrong usage: 2, and what is wrong", () => {
  test.each([
    { name: "no target", args: [], message: "missing required argument 'target'" },
    { name: "a target that is none", args: ["app"], message: '"app" is not an address' },
    { name: "another protocol", args: ["http://localhost:80/"], message: "is not an address" },
    { name: "a relative path", args: [":1", "path"], message: 'A path begins with "/"' },
    { name: "a header without a colon", args: [":1", "-H", "X"], message: 'Expected "Name: value"' },
    { name: "a header with an underscore", args: [":1", "-H", "X_A: 1"], message: "has no uwsgi var" },
    { name: "a var without a value", args: [":1", "--var", "X"], message: "Expected NAME=VALUE" },
    { name: "a modifier that is no byte", args: [":1", "--modifier1", "256"], message: "0 to 255" },
    { name: "two bodies", args: [":1", "-d", "x", "-T", "y"], message: "cannot be used with" },
    { name: "data from no file", args: [":1", "-d", "@/no/such/file"], message: "ENOENT" },
    { name: "no file to upload", args: [":1", "-T", "/no/such/file"], message: "ENOENT" },
    { name: "a directory to upload", args: [":1", "-T", "/"], message: "is no regular file" },
    { name: "standard input to upload", args: [":1", "-T", "-"], message: "use --data @-" },
    { name: "a bad escape", args: [":1", "/%zz"], message: "bad percent escape" },
    {
      name: "vars that fit in no packet",
      args: [":1", "--var", `A=${"x".repeat(65_536)}`],
      message: "65535",
    },
  ])("$name", async ({ args, message }) => {
    const { code, out, err } = await request(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
  });
});

function request(...args: string[]): Promise<CliResult> {
  return runCli(["request", ...args]);
}

async function worker(application: Application): Promise<string> {
  return formatEndpoint((await startWorker(application)).endpoint);
}

/** What an application sees of a request. */
async function asked(...args: string[]): Promise<Record<string, string>> {
  const { out, err } = await request(await worker(mirror), ...args);
  expect(err).toBe("");
  return JSON.parse(out) as Record<string, string>;
}

async function fileWith(content: string): Promise<{ cwd: string; path: string }> {
  const { path: cwd, remove } = await temporaryDirectory();
  onTestFinished(remove);
  await mkdir(join(cwd, "sub"));
  await writeFile(join(cwd, "sub", "file"), content);
  return { cwd, path: "sub/file" };
}
