import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pythonWith } from "./installations.ts";
import { describeWith } from "./peers.ts";
import { runTool } from "./run-tool.ts";
import { type Site, startSite } from "./site.ts";

const CLIENT = fileURLToPath(new URL("apps/requests-client.py", import.meta.url));

describeWith(["requests"], "the Python package requests", () => {
  let site: Site;

  beforeAll(async () => {
    site = await startSite();
  });

  afterAll(() => site.stop());

  test("sessions, cookies, redirects, uploads, streams and timeouts", async () => {
    const { bytes, path, sha256 } = site.upload;
    const python = pythonWith("requests") ?? "";
    const { stdout, stderr } = await runTool(python, [CLIENT, site.url, path]);
    expect(stderr).toBe("");
    const length = String(bytes);
    expect(JSON.parse(stdout.toString())).toEqual({
      hello: Array.from({ length: 20 }, () => "hello"),
      cookies: ["session=a%20b; theme=dark", [302], { session: "a%20b", theme: "dark" }],
      redirect: ["hello", "hello"],
      generator: { method: "POST", bytes, length, sha256 },
      file: { method: "PUT", bytes, length, sha256 },
      form: "POST",
      empty: 0,
      gzip: 11_000,
      lines: ["0", "1", "2", "3", "4"],
      range: "234",
      head: "5",
      missing: 404,
      "too large": 413,
      timeout: "ReadTimeout",
      "behind the timeout": "hello",
      sha256,
    });
  }, 60_000);
});
