import { rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ErrorPages } from "../../../src/front/explain/error-pages.ts";
import { silentLog } from "../../../src/log.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { makeTempDir, removeTempDir } from "../../support/temp-dir.ts";
import { until } from "../../support/wait.ts";

const LATER = 10_000;

async function pagesOf(texts: Readonly<Record<string, string>>) {
  const directory = await makeTempDir();
  onTestFinished(() => removeTempDir(directory));
  const paths: Record<string, string> = {};
  for (const [status, text] of Object.entries(texts)) {
    paths[status] = join(directory, `${status}.html`);
    await writeFile(paths[status], text);
  }
  return { paths };
}

test("a status has its own page before that of its class", async () => {
  const { paths } = await pagesOf({ "404": "none", "4xx": "yours", "5xx": "ours" });
  const pages = new ErrorPages(paths, silentLog);
  expect([404, 400, 502, 504].map((status) => pages.pageFor(status)?.text)).toEqual([
    "none",
    "yours",
    "ours",
    "ours",
  ]);
  expect(pages.pageFor(404)?.contentType).toBe("text/html; charset=utf-8");
  expect(pages.pageFor(300)).toBeUndefined();
});

test("a page is a text of bytes", async () => {
  const { paths } = await pagesOf({ "404": "\u00e9" });
  expect(new ErrorPages(paths, silentLog).pageFor(404)?.text).toBe("\u00c3\u00a9");
});

test("a page that has changed is read again, and looked at once a second", async () => {
  const { paths } = await pagesOf({ "404": "old" });
  const path = paths["404"] as string;
  const pages = new ErrorPages(paths, silentLog);
  await writeFile(path, "new");
  await utimes(path, new Date(), new Date(Date.now() + LATER));
  const now = performance.now();
  expect(pages.pageFor(404, now + 10)?.text).toBe("old");
  let at = now + LATER;
  await until(() => {
    at += LATER;
    return pages.pageFor(404, at)?.text === "new";
  }, "the new page is sent");
});

test("a page that has gone is sent as it was, and the log says so once", async () => {
  const { paths } = await pagesOf({ "404": "old" });
  const log = new RecordingLog();
  const pages = new ErrorPages(paths, log);
  await rm(paths["404"] as string);
  let at = performance.now();
  await until(() => {
    at += LATER;
    expect(pages.pageFor(404, at)?.text).toBe("old");
    return log.lines.length > 0;
  }, "it is logged");
  pages.pageFor(404, at + LATER);
  await new Promise((resolve) => setImmediate(resolve));
  expect(log.lines).toEqual([
    { level: "warn", fields: { path: paths["404"], errno: "ENOENT" }, message: expect.any(String) as string },
  ]);
});

test("a page that is not there at the start is an error that names it", () => {
  expect(() => new ErrorPages({ "5xx": "/nowhere/5xx.html" }, silentLog)).toThrow(
    expect.objectContaining({
      code: "UWB_ERR_CONFIG",
      option: "errorPages",
      message: expect.stringContaining("/nowhere/5xx.html") as string,
    }),
  );
});
