import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { startHttpCli } from "../support/cli-program.ts";
import type { Program } from "../support/process.ts";
import { writeTreeFile } from "../support/static-tree.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";

const APP = fileURLToPath(new URL("apps/site.mjs", import.meta.url));
/** A picture of one point. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";
const UPLOAD_BYTES = 5 * 1024 * 1024;

/** A page that tries everything a browser has, and reports. */
const PAGE = `<!doctype html><title>site</title><img id="image" src="/static/pixel.png"><script src="/static/page.js"></script>`;
const SCRIPT = `const loaded = new Promise((resolve) => addEventListener("load", resolve));
const events = new Promise((resolve) => {
  const seen = [];
  const source = new EventSource("/events");
  source.onmessage = ({ data, lastEventId }) => seen.push(lastEventId + " " + data);
  source.addEventListener("done", () => { source.close(); resolve(seen); });
});
const socket = new Promise((resolve) => {
  const seen = [];
  const socket = new WebSocket("ws://" + location.host + "/ws");
  socket.onopen = () => { socket.send("one"); socket.send("two"); };
  socket.onmessage = ({ data }) => { seen.push(data); if (seen.length === 2) { socket.close(); resolve(seen); } };
});
const fetched = (async () => [
  await (await fetch("/hello")).text(),
  await (await fetch("/gzip")).text().then((text) => text.length),
  (await (await fetch("/upload", { method: "POST", body: new Uint8Array(300000) })).json()).bytes,
  (await fetch("/none-such")).status,
])();
(async () => {
  await loaded;
  const report = { image: document.getElementById("image").naturalWidth, events: await events, socket: await socket, fetched: await fetched };
  await fetch("/report", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(report) });
})();
`;

/** An application and files behind `serve`, for clients of all kinds. */
export interface Site {
  readonly url: string;
  readonly port: number;
  readonly program: Program;
  readonly directory: string;
  /** A file of 5 MiB, and its SHA-256. */
  readonly upload: { readonly path: string; readonly bytes: number; readonly sha256: string };
  stop(): Promise<void>;
}

/** Start `uwsgi-bridge serve` with one worker process, and files under `/static`. */
export async function startSite(): Promise<Site> {
  const directory = await makeTempDir();
  const files = join(directory, "static");
  await writeTreeFile(join(files, "digits.txt"), "0123456789");
  await writeTreeFile(join(files, "app.js"), "plain ".repeat(500));
  await writeTreeFile(join(files, "app.js.gz"), gzipSync("plain ".repeat(500)));
  await writeTreeFile(join(files, "page.html"), PAGE);
  await writeTreeFile(join(files, "page.js"), SCRIPT);
  await writeTreeFile(join(files, "pixel.png"), Buffer.from(PIXEL, "base64"));
  const content = Buffer.alloc(UPLOAD_BYTES, "an upload of several megabytes\n");
  const path = join(directory, "upload.bin");
  await writeFile(path, content);
  const flags = ["--processes", "1", "--static-map", `/static=${files}`, "--client-max-body-size", "6m"];
  const { port, program } = await startHttpCli(["serve", APP, ...flags]);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    program,
    directory,
    upload: { path, bytes: UPLOAD_BYTES, sha256: createHash("sha256").update(content).digest("hex") },
    stop: async () => {
      await program.stop();
      await removeTempDir(directory);
    },
  };
}
