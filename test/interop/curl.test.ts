import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./peers.ts";
import { runTool, type ToolResult } from "./run-tool.ts";
import { type Site, startSite } from "./site.ts";

/** What curl exits with when its time is over. */
const TIMED_OUT = 28;

describeWith(["curl"], "curl", () => {
  let site: Site;

  beforeAll(async () => {
    site = await startSite();
  });

  afterAll(() => site.stop());

  const curl = (path: string, ...flags: readonly string[]): Promise<ToolResult> =>
    runTool("curl", ["--silent", "--show-error", "--max-time", "30", ...flags, `${site.url}${path}`]);
  const text = async (path: string, ...flags: readonly string[]): Promise<string> =>
    (await curl(path, ...flags)).stdout.toString("latin1");

  test.each(["--http1.1", "--http1.0", "--http2"])(
    "%s: a page of the application, and a file",
    async (version) => {
      expect(await text("/hello", version, "--include")).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nhello$/s);
      expect(await text("/static/digits.txt", version)).toBe("0123456789");
      expect(await text("/chunks", version)).toBe("0\n1\n2\n3\n4\n");
    },
  );

  test("--http2-prior-knowledge is refused at once, and the log says why", async () => {
    const { code } = await curl("/hello", "--http2-prior-knowledge");
    expect(code).not.toBe(0);
    expect(code).not.toBe(TIMED_OUT);
    await site.program.untilOutput(/HTTP\/2 is not served, HTTP\/1\.1 is/);
  });

  test("ranges of a file", async () => {
    expect(await text("/static/digits.txt", "--range", "2-4")).toBe("234");
    expect(await text("/static/digits.txt", "--range", "-3")).toBe("789");
    expect(await text("/static/digits.txt", "--continue-at", "7")).toBe("789");
    expect(
      await text(
        "/static/digits.txt",
        "--range",
        "20-",
        "--write-out",
        "%{http_code}",
        "--output",
        "/dev/null",
      ),
    ).toBe("416");
  });

  test("an upload of 5 MiB that waits for 100 Continue", async () => {
    const { path, bytes, sha256 } = site.upload;
    const flags = ["--verbose", "--header", "Expect: 100-continue", "--data-binary", `@${path}`];
    const { stdout, stderr } = await curl("/upload", ...flags);
    expect(JSON.parse(stdout.toString())).toEqual({ method: "POST", bytes, length: String(bytes), sha256 });
    expect(stderr).toMatch(/^< HTTP\/1\.1 100 Continue\r?\n[\s\S]*^< HTTP\/1\.1 200 OK/m);
  });

  test("--upload-file of unknown length, in chunks", async () => {
    const { path, bytes, sha256 } = site.upload;
    const args = ["--silent", "--show-error", "--upload-file", "-", `${site.url}/upload`];
    const { stdout } = await runTool("curl", args, await readFile(path));
    expect(JSON.parse(stdout.toString())).toEqual({ method: "PUT", bytes, length: String(bytes), sha256 });
  });

  test.each([
    ["with a length", []],
    ["in chunks", ["--header", "Transfer-Encoding: chunked"]],
  ])("an upload above the limit, %s, is told so", async (_how, flags) => {
    const { path } = site.upload;
    const twice = ["--form", `one=@${path}`, "--form", `two=@${path}`];
    expect(await text("/upload", ...flags, ...twice, "--write-out", "%{http_code}")).toMatch(/413$/);
  });

  test("several pages on one connection", async () => {
    const urls = ["/hello", "/static/digits.txt", "/chunks", "/gzip", "/hello"].map(
      (path) => `${site.url}${path}`,
    );
    const format = "%{num_connects} %{http_code}\\n";
    const args = [
      "--silent",
      "--show-error",
      "--write-out",
      format,
      ...urls.flatMap((url) => ["--output", "/dev/null", url]),
    ];
    const { stdout } = await runTool("curl", args);
    expect(stdout.toString()).toBe("1 200\n0 200\n0 200\n0 200\n0 200\n");
  });

  test.each(["/hello", "/static/digits.txt"])("HEAD of %s has the length and no body", async (path) => {
    const head = await text(path, "--head");
    expect(head).toMatch(
      new RegExp(`^HTTP/1\\.1 200 OK\r\n[\\s\\S]*^content-length: ${path === "/hello" ? 5 : 10}\r\n`, "im"),
    );
    expect(head).toMatch(/\r\n\r\n$/);
  });

  test("--compressed", async () => {
    expect(await text("/gzip", "--compressed")).toBe("compressed ".repeat(1000));
    expect(await text("/static/app.js", "--compressed")).toBe("plain ".repeat(500));
    expect(await text("/static/app.js", "--compressed", "--head")).toMatch(/^content-encoding: gzip\r$/im);
  });

  test("a file that has not changed since then is not sent", async () => {
    const flags = ["--time-cond", "Tue, 07 May 2024 00:00:00 GMT", "--write-out", "%{http_code}"];
    expect(await text("/static/digits.txt", ...flags)).toBe("304");
  });

  test("redirects and cookies", async () => {
    expect(await text("/redirect", "--location")).toBe("hello");
    expect(await text("/redirect", "--location", "--data", "a=b")).toBe("hello");
    expect(await text("/login", "--location", "--cookie", "")).toBe("session=a%20b; theme=dark");
  });

  test("a path that leads above the root", async () => {
    expect(await text("/../../etc/passwd", "--path-as-is", "--write-out", "%{http_code}")).toMatch(/400$/);
  });
});
