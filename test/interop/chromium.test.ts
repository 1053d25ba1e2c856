import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendHttp } from "../support/http-client.ts";
import { type Program, startProgram } from "../support/process.ts";
import { sleep } from "../support/wait.ts";
import { describeWith } from "./peers.ts";
import { type Site, startSite } from "./site.ts";

/** Without a sandbox, which root can not have; without shared memory, of which containers have little. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--no-first-run",
  "--no-proxy-server",
  // Keeps it running until it is stopped.
  "--remote-debugging-port=0",
];
const LIMIT_MS = 60_000;

describeWith(["chromium"], "headless Chromium", () => {
  let site: Site;
  let browser: Program;

  beforeAll(async () => {
    site = await startSite();
    const profile = `--user-data-dir=${join(site.directory, "profile")}`;
    browser = startProgram("chromium", [...FLAGS, profile, `${site.url}/static/page.html`], {
      env: { HOME: site.directory },
    });
  });

  afterAll(async () => {
    await browser.stop();
    await site.stop();
  });

  test(
    "a page with a script, an image, fetches, an event stream and a WebSocket",
    async () => {
      expect(await report()).toEqual([
        {
          image: 1,
          events: ["1 event 1", "2 event 2", "3 event 3"],
          socket: ["echo one", "echo two"],
          fetched: ["hello", 11_000, 300_000, 404],
        },
      ]);
    },
    LIMIT_MS + 10_000,
  );

  async function report(): Promise<unknown> {
    const deadline = performance.now() + LIMIT_MS;
    while (performance.now() < deadline) {
      const { text } = await sendHttp(site.port, { path: "/report" });
      if (text !== "[]") return JSON.parse(text);
      await sleep(100);
    }
    throw new Error(`the page did not report:\n${browser.stderr.slice(-2000)}`);
  }
});
