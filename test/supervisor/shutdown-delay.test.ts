import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { converseHttp, header } from "../support/raw-http.ts";
import { AppFolder, SupervisedProgram, startServe } from "./supervised.ts";

describe("--shutdown-delay", () => {
  test("serves on meanwhile, and lets clients go", async () => {
    const served = await startServe(await AppFolder.create(), ["-p", "1", "--shutdown-delay", "2s"]);
    expect(await connectionOf(served.port)).toEqual([200, "keep-alive"]);
    await served.signal("SIGTERM");
    await untilLeaving(served.port);
    await served.program.untilOutput(/guard: exit code 0/);
  });

  test("the processes of a front are told", async () => {
    const folder = await AppFolder.create();
    await writeFile(folder.file("a.txt"), "file");
    const args = ["-p", "2", "--static-map", `/=${folder.path}`, "--shutdown-delay", "2s"];
    const served = new SupervisedProgram(["front", "--http", "127.0.0.1:0", ...args]);
    const port = await served.httpPort();
    expect(await connectionOf(port, "/a.txt")).toEqual([200, "keep-alive"]);
    await served.signal("SIGTERM");
    await untilLeaving(port, "/a.txt");
    await served.program.untilOutput(/guard: exit code 0/);
    expect(served.program.stderr).not.toContain("Error");
  });
});

/** Status and `Connection` of an answer. */
async function connectionOf(port: number, path = "/"): Promise<unknown[]> {
  const text = `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`;
  const { answers } = await converseHttp({ type: "tcp", host: "127.0.0.1", port }, text, {
    quietMs: 5000,
    enough: 1,
  });
  return [answers[0]?.status, header(answers[0], "connection")];
}

/** All answers are good, and one of them says that the connection ends. */
async function untilLeaving(port: number, path?: string): Promise<void> {
  for (let connection: unknown = "keep-alive"; connection !== "close"; ) {
    const answer = await connectionOf(port, path);
    expect(answer).toEqual([200, expect.stringMatching(/^(?:keep-alive|close)$/)]);
    connection = answer[1];
  }
}
