import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../support/endpoints.ts";
import { startFront, startScriptedWorker } from "../support/fronts.ts";
import { connectHttp, converseHttp, header } from "../support/raw-http.ts";
import { sleep } from "../support/wait.ts";

test("a front that drains serves on, old connections and new ones, and lets clients go behind their response", async () => {
  const worker = await startScriptedWorker(({ socket }) =>
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  );
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  await writeFile(join(directory.path, "a.txt"), "file");
  const { front, endpoint } = await startFront([worker.endpoint], {
    staticMaps: { "/static": directory.path },
  });
  const paths = ["/", "/static/a.txt", "/static/missing", "/ bad"];
  const ask = (path: string) => converseHttp(endpoint, `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
  const before = await ask("/");
  expect([before.answers[0]?.status, before.end]).toEqual([200, "open"]);
  expect(front.stats().isDraining).toBe(false);
  front.drain();
  expect(front.stats().isDraining).toBe(true);
  const seen = [];
  for (const path of paths) {
    const { answers, end } = await ask(path);
    seen.push([path, answers[0]?.status, header(answers[0], "connection"), end]);
  }
  expect(seen).toEqual([
    ["/", 200, "close", "fin"],
    ["/static/a.txt", 200, "close", "fin"],
    ["/static/missing", 404, "close", "fin"],
    ["/ bad", 400, "close", "fin"],
  ]);
});

test("a front that closes does not cut a client that reads slowly: a response that is handed over has not left", async () => {
  const body = Buffer.alloc(60_000, "x");
  const worker = await startScriptedWorker(({ socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.end(body);
  });
  const { front, endpoint } = await startFront([worker.endpoint]);
  const socket = connectHttp(endpoint).pause();
  onTestFinished(() => void socket.destroy());
  socket.write("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n".repeat(400));
  await untilSteady(() => front.stats().requests);
  const closed = front.close(20_000);
  // Longer than idle connections are kept.
  await sleep(2000);
  const chunks = await socket.toArray();
  await closed;
  const last =
    Buffer.concat(chunks as Buffer[])
      .toString("latin1")
      .split("HTTP/1.1 200")
      .at(-1) ?? "";
  expect(last.slice(last.indexOf("\r\n\r\n") + 4)).toHaveLength(body.length);
});

/** Resolves when a number has not changed for a while. */
async function untilSteady(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); await sleep(200)) before = count();
}
