import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { startCli, startHttpCli } from "../support/cli-program.ts";
import { sendHttp } from "../support/http-client.ts";
import { type Program, startProgram } from "../support/process.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { Browser } from "./browser.ts";
import { describeWith } from "./peers.ts";
import { startPython } from "./python.ts";

const APPS = join(import.meta.dirname, "apps");
const EXAMPLES = join(import.meta.dirname, "../../examples");

describeWith(["uwsgi", "flask", "django"], "four applications behind one port, from one command", () => {
  let directory: string;
  let port: number;
  let chat: WebSocketServer;
  const programs: Program[] = [];

  beforeAll(async () => {
    directory = await makeTempDir();
    const [django, flask] = [join(directory, "d"), join(directory, "f")];
    for (const path of [django, flask]) await mkdir(path);
    const data = { DATABASE: join(directory, "django.sqlite3") };
    const site = await startPython(
      django,
      ["--chdir", `${EXAMPLES}/django`, "--module", "app", "--buffer-size", "65535"],
      { env: data },
    );
    const api = await startPython(flask, ["--chdir", APPS, "--module", "mounted", "--buffer-size", "65535"]);
    programs.push(site.program, api.program);
    const express = join(directory, "express.sock");
    const worker = startCli([
      "worker",
      `${join(APPS, "express-app.mjs")}:app`,
      "--socket",
      `unix:${express}`,
    ]);
    programs.push(worker);
    await worker.untilListening({ path: express });
    const node = await startNode();
    programs.push(node.program);
    chat = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(chat, "listening");
    chat.on("connection", (socket, request) => socket.send(`welcome to ${request.url}`));
    const { port: chatPort } = chat.address() as { port: number };

    const front = await startHttpCli([
      ...["front", "--to", site.addresses.unix, "--static-map", `/static=${await djangoFiles()}`],
      ...["--mount", `/api=${api.addresses.unix};read-timeout=10s;max-body=1k`],
      ...["--mount", `/app=unix:${express}`, "--mount", `/node=${node.url}`],
      ...["--mount", `/ws=http://127.0.0.1:${chatPort}`],
      ...["--redirect", "/old=/app/where;status=308", "--respond", "/health=200:fine"],
    ]);
    port = front.port;
    programs.push(front.program);
  });

  afterAll(async () => {
    for (const program of programs) await program.stop();
    chat?.close();
    await removeTempDir(directory);
  });

  test("Django has the site, and the front its static files", async () => {
    const browser = new Browser(port);
    expect((await browser.get("/admin/")).header("Location")).toBe("/admin/login/?next=/admin/");
    const page = await browser.get("/admin/login/?next=/admin/");
    const [, sheet = ""] = /href="(\/static\/[^"]+\.css)"/.exec(page.text) ?? [];
    const file = await browser.get(sheet);
    expect(file.status).toBe(200);
    // The entity tag is the mark of a file: Django's own handler sends none.
    expect(file.header("ETag")).toBeDefined();
    expect((await browser.get("/static/none.css")).text).toContain("no such file");
  });

  describe("Flask below /api", () => {
    test("makes the URLs of its clients", async () => {
      expect((await sendHttp(port, { path: "/api/" })).header("Location")).toBe("/api/items/first");
      const { text } = await sendHttp(port, { path: "/api/items/a%20b/%C3%A9?q=1" });
      const { url, ...rest } = JSON.parse(text);
      expect(new URL(url).href).toBe(`http://127.0.0.1:${port}/api/items/a%20b/%C3%A9?q=1`);
      expect(rest).toEqual({
        script_root: "/api",
        path: "/items/a b/\u00e9",
        name: "a b/\u00e9",
        home: "/api/",
        external: `http://127.0.0.1:${port}/api/items/a%20b`,
      });
    });

    test("adds the slash that a client left out, and has a limit of its own", async () => {
      const bare = await sendHttp(port, { path: "/api" });
      expect(bare.header("Location")).toBe(`http://127.0.0.1:${port}/api/`);
      const large = await sendHttp(port, { path: "/api/", body: Buffer.alloc(1025) });
      expect(large.status).toBe(413);
      expect((await sendHttp(port, { path: "/apis" })).status).toBe(404);
    });
  });

  describe("Express", () => {
    test.each([
      [
        "/app/where/x%20y?a=1",
        {
          baseUrl: "/app",
          originalUrl: "/app/where/x%20y?a=1",
          url: "/where/x%20y?a=1",
          path: "/where/x%20y",
        },
      ],
      ["/app/", { baseUrl: "/app", originalUrl: "/app/", url: "/", path: "/" }],
      ["/app", { baseUrl: "/app", originalUrl: "/app", url: "/", path: "/" }],
    ])("in a worker, called at %s, knows its prefix", async (path, where) => {
      expect(JSON.parse((await sendHttp(port, { path })).text)).toEqual(where);
    });

    test("in a server of its own gets the path that is left, and the client's host", async () => {
      const { text } = await sendHttp(port, { path: "/node/where/x?a=1" });
      const left = "/where/x?a=1";
      expect(JSON.parse(text)).toEqual({ baseUrl: "", originalUrl: left, url: left, path: "/where/x" });
      const client = await sendHttp(port, { path: "/node/client", headers: [["Host", "shop.test"]] });
      expect(JSON.parse(client.text)).toMatchObject({ hostname: "shop.test" });
    });
  });

  test("a WebSocket server below /ws", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/room`);
    const [greeting] = (await once(socket, "message")) as [Buffer];
    expect(greeting.toString()).toBe("welcome to /room");
    socket.terminate();
  });

  test("a redirect, and an answer for the load balancer", async () => {
    const moved = await sendHttp(port, { path: "/old/x?a" });
    expect([moved.status, moved.header("Location")]).toEqual([308, "/app/where/x?a"]);
    expect((await sendHttp(port, { path: "/health" })).text).toBe("fine");
  });
});

describeWith(["uwsgi", "flask"], "serve with a mount beside the application", () => {
  test("the application is the default", async () => {
    const directory = await makeTempDir();
    const flask = await startPython(directory, [
      "--chdir",
      APPS,
      "--module",
      "mounted",
      "--buffer-size",
      "65535",
    ]);
    const mount = `/api=${flask.addresses.tcp}`;
    const serve = await startHttpCli([
      "serve",
      `${join(APPS, "express-app.mjs")}:app`,
      "-p",
      "1",
      "--mount",
      mount,
    ]);
    try {
      const { text } = await sendHttp(serve.port, { path: "/where/x" });
      expect(JSON.parse(text)).toMatchObject({ baseUrl: "", originalUrl: "/where/x" });
      const { text: json } = await sendHttp(serve.port, { path: "/api/items/x" });
      expect(JSON.parse(json)).toMatchObject({ script_root: "/api", path: "/items/x" });
    } finally {
      await serve.program.stop();
      await flask.program.stop();
      await removeTempDir(directory);
    }
  });
});

/** The Express file as its authors run it. */
async function startNode(): Promise<{ readonly url: string; readonly program: Program }> {
  const program = startProgram(process.execPath, [join(APPS, "express-app.mjs")], { env: { PORT: "0" } });
  const [, port] = await program.untilOutput(/listening on (\d+)/);
  return { url: `http://127.0.0.1:${port}`, program };
}

/** Where the Django in uWSGI has the files of its admin. */
async function djangoFiles(): Promise<string> {
  const code = `import django.contrib.admin as a; print("files at " + a.__path__[0] + "/static")`;
  const program = startProgram("uwsgi", ["--plugin", "python3", "--no-server", "--eval", code]);
  const [, path = ""] = await program.untilOutput(/files at (\S+)/);
  await program.stop();
  return path;
}
