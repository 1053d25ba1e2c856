import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RawData, WebSocket } from "ws";
import { startCli } from "../support/cli-program.ts";
import { openHttp, sendHttp } from "../support/http-client.ts";
import type { Program } from "../support/process.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { describeWith } from "./peers.ts";

/** Which example stands behind which location of the guide. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "/": "express.ts",
  "/chat": "chat.ts",
  "/events": "clock.ts",
  "/upload": "plain.ts",
  "/shop/": "express.ts",
};

describeWith(["nginx"], "the locations of docs/bring-your-app.md, with nothing but paths replaced", () => {
  const workers: Program[] = [];
  let directory: string;
  let nginx: Nginx;
  let port: number;

  beforeAll(async () => {
    directory = await makeTempDir();
    const files = [...new Set([...Object.values(EXAMPLES), "download.ts"])];
    await Promise.all(
      files.map(async (file) => {
        const path = join(directory, `${file}.sock`);
        const worker = startCli(["worker", `examples/${file}`, "-s", `unix:${path}`, "--chmod-socket"]);
        workers.push(worker);
        await worker.untilListening({ path });
      }),
    );
    const socketOf = (file: string): string => join(directory, `${file}.sock`);
    const download = `location /download/ { include uwsgi_params; uwsgi_pass unix:${socketOf("download.ts")}; }`;
    const locations = locationsOf("docs/bring-your-app.md").map(({ path, text }) =>
      text
        .replace("unix:/run/app.sock", `unix:${socketOf(EXAMPLES[path] ?? "")}`)
        .replace("/srv/files/", `${process.cwd()}/docs/`),
    );
    nginx = await startNginx(
      directory,
      [],
      `server { listen 127.0.0.1:{port}; ${[...locations, download].join("\n")} }`,
    );
    port = nginx.ports[0] ?? 0;
  });

  afterAll(async () => {
    await nginx.program.stop();
    await Promise.all(workers.map((worker) => worker.stop()));
    await removeTempDir(directory);
  });

  test("are those of the table above, and that of the files", () => {
    const paths = locationsOf("docs/bring-your-app.md").map(({ path }) => path);
    expect(paths.sort()).toEqual([...Object.keys(EXAMPLES), "/protected/"].sort());
  });

  test("plain, and mounted under a path", async () => {
    const body = Buffer.from('{"numbers":[1,2]}');
    const headers = [["Content-Type", "application/json"]] as const;
    for (const path of ["/sum", "/shop/sum"])
      expect((await sendHttp(port, { path, headers, body })).text).toBe('{"sum":3}');
    expect(JSON.parse((await sendHttp(port, { path: "/shop/" })).text)).toMatchObject({ ip: "127.0.0.1" });
    expect((await sendHttp(port, { path: "/shopping/sum", headers, body })).status).toBe(404);
  });

  test("a chat", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`);
    await once(socket, "open");
    const heard = once(socket, "message") as Promise<[RawData]>;
    socket.send("through nginx");
    expect(String((await heard)[0])).toBe("through nginx");
    socket.close(1000);
    expect((await once(socket, "close"))[0]).toBe(1000);
  });

  test("events, each when it happens", async () => {
    const events = await openHttp(port, { path: "/events" });
    const block = await events.nextBlock();
    events.leave();
    expect(block.toString().match(/^data: /gm)).toHaveLength(1);
  });

  test("an upload that is answered while it comes", async () => {
    const size = 3_000_000;
    async function* half(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(size / 2, "a");
      await new Promise(() => undefined);
    }
    const headers = [["Content-Length", String(size)]] as const;
    const echo = await openHttp(port, { path: "/upload", headers, body: half() });
    expect((await echo.nextBlock()).subarray(0, 1).toString()).toBe("a");
    echo.leave();
  });

  test("a file that the application names", async () => {
    const file = await sendHttp(port, { path: "/download/errors.md?key=secret" });
    expect(file.text).toBe(readFileSync("docs/errors.md", "latin1"));
    expect((await sendHttp(port, { path: "/protected/errors.md" })).status).toBe(404);
  });
});

/** The locations in the code blocks of a page. */
function locationsOf(page: string): { path: string; text: string }[] {
  const blocks = readFileSync(page, "utf8").matchAll(/^```nginx\n(location (\S+) \{.*?)^```$/gms);
  return [...blocks].map(([, text = "", path = ""]) => ({ path, text }));
}
