import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../support/endpoints.ts";
import { startFront, startScriptedWorker } from "../support/fronts.ts";
import { converseHttp, header } from "../support/raw-http.ts";

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
