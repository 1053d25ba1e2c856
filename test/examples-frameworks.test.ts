import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandsOf, startExample } from "./support/example.ts";
import { openHttp, pieces, sendHttp } from "./support/http-client.ts";
import type { Program } from "./support/process.ts";

const JSON_TYPE = ["Content-Type", "application/json"] as const;

/** The first examples of the README have their commands there. */
const UNCOMMENTED = new Set(["hello.ts", "stream.ts", "upload.ts"]);

/** What every framework is asked by its example: who the client is, and how it came. */
const client = (framework: string): object => ({ framework, ip: "127.0.0.1", protocol: "http" });

describe.each([
  { file: "express.ts", framework: "express" },
  { file: "koa.ts", framework: "koa" },
  { file: "fastify.ts", framework: "fastify" },
  { file: "nestjs.ts", framework: "nestjs" },
  { file: "hono.ts", framework: "hono" },
  { file: "plain.ts", framework: undefined },
  { file: "express-listen.cjs", framework: undefined },
])("examples/$file", ({ file, framework }) => {
  let port: number;
  let program: Program;

  beforeAll(async () => {
    ({ port, program } = await startExample(file));
  });

  afterAll(() => program.stop());

  if (framework !== undefined) {
    test("tells the client its address", async () => {
      const answer = await sendHttp(port);
      expect(answer.header("Content-Type")).toMatch(/^application\/json/);
      expect(JSON.parse(answer.text)).toEqual(client(framework));
    });
  }

  if (file === "express.ts") {
    test("adds what it is sent, whoever sends it", async () => {
      const body = Buffer.from('{"numbers":[1,2,3]}');
      const answer = await sendHttp(port, { path: "/sum", headers: [JSON_TYPE], body });
      expect(JSON.parse(answer.text)).toEqual({ sum: 6 });
      const broken = await sendHttp(port, { path: "/sum", headers: [JSON_TYPE], body: Buffer.from("{") });
      expect(broken.status).toBe(400);
    });
  }

  if (file === "koa.ts") {
    test("times its middleware", async () => {
      expect((await sendHttp(port)).header("Server-Timing")).toMatch(/^app;dur=\d+\.\d$/);
    });
  }

  if (file === "plain.ts") {
    test("greets its client, and sends back what it gets, of any size", async () => {
      const greeting = await sendHttp(port, { path: "/a?b" });
      expect(greeting.text).toBe("Hello 127.0.0.1, you asked for /a?b\n");
      const body = Buffer.alloc(3_000_000, "0123456789");
      const echo = await openHttp(port, { body: pieces(body, 100_000) });
      expect((await echo.rest()).body.equals(body)).toBe(true);
    });
  }

  if (file === "express-listen.cjs") {
    test("answers, and believes that it listens", async () => {
      expect((await sendHttp(port)).text).toBe("Hello from a file that listens by itself\n");
      expect(program.stdout).toContain("ready\n");
    });
  }

  test("ends as it should when it is told to", async () => {
    await program.stop("SIGTERM");
    expect(program.stderr).not.toMatch(/"level":(40|50)/);
    if (file === "fastify.ts") expect(program.stdout).toContain("fastify is closed\n");
    await expect(sendHttp(port)).rejects.toThrow("ECONNREFUSED");
  });
});

test.each(readdirSync("examples").filter((file) => /\.(ts|cjs)$/.test(file) && !UNCOMMENTED.has(file)))(
  "examples/%s says what to install",
  (file) => {
    const text = readFileSync(`examples/${file}`, "utf8");
    const imported = [...text.matchAll(/(?:from |import |require\()"([^"]+)"/g)].map(([, name = ""]) => name);
    const foreign = imported.filter((name) => !isBuiltin(name) && !/^uwsgi-bridge\b/.test(name));
    const { packages } = commandsOf(file);
    expect(packages).toEqual(expect.arrayContaining(foreign));
    expect(packages.length === 0).toBe(foreign.length === 0);
  },
);
