import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./peers.ts";
import { runTool } from "./run-tool.ts";
import { type Site, startSite } from "./site.ts";

const paths = ["/hello", "/static/digits.txt"];
const REQUESTS = 2000;

describeWith(["wrk", "ab"], "many clients at once", () => {
  let site: Site;

  beforeAll(async () => {
    site = await startSite();
  });

  afterAll(() => site.stop());

  test.each(paths)("wrk, for %s", async (path) => {
    const { stdout } = await runTool("wrk", ["-t1", "-c16", "-d1s", `${site.url}${path}`]);
    const report = stdout.toString();
    expect(report).not.toMatch(/Socket errors|Non-2xx/);
    expect(Number(/(\d+) requests in/.exec(report)?.[1])).toBeGreaterThan(0);
  });

  test.each(paths)("ab, for %s, a connection per request", async (path) => {
    const report = await runAb("-n", "500", "-c", "16", `${site.url}${path}`);
    expect(report).toMatch(/^Complete requests: +500$/m);
    expect(report).not.toMatch(/^Keep-Alive requests:/m);
  });

  test.each(paths)("ab -k, for %s: HTTP/1.0 that keeps its connections", async (path) => {
    const report = await runAb("-k", "-n", String(REQUESTS), "-c", "8", `${site.url}${path}`);
    expect(report).toMatch(new RegExp(`^Complete requests: +${REQUESTS}$`, "m"));
    const kept = Number(/^Keep-Alive requests: +(\d+)$/m.exec(report)?.[1]);
    // One connection in a thousand requests ends.
    expect(kept).toBeGreaterThan(REQUESTS - 20);
  });

  test("ab -p: uploads of 5 MiB", async () => {
    const { path } = site.upload;
    const report = await runAb("-n", "10", "-c", "2", "-p", path, "-T", "text/plain", `${site.url}/upload`);
    expect(report).toMatch(/^Complete requests: +10$/m);
  });

  async function runAb(...args: readonly string[]): Promise<string> {
    const { stdout, stderr } = await runTool("ab", ["-q", "-s", "20", ...args]);
    const report = `${stdout}${stderr}`;
    expect(report).toMatch(/^Failed requests: +0$/m);
    expect(report).not.toMatch(/Non-2xx responses|errors/);
    return report;
  }
});
