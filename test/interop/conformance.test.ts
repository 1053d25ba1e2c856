import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CaseResult } from "../../protocol/conformance/report.ts";
import { workerSuite } from "../../protocol/conformance/worker/worker-suite.ts";
import { runWorkerSuite, standing } from "../conformance/run-worker-suite.ts";
import type { Connection } from "../support/ports.ts";
import { freePort } from "../support/ports.ts";
import type { Program } from "../support/process.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { describeWith } from "./peers.ts";
import { startUwsgi } from "./uwsgi.ts";

const CONTRACT_APP = fileURLToPath(new URL("../../protocol/contract-app/app.py", import.meta.url));
const ONE_RUN_MS = 120_000;

describeWith(["uwsgi"], "the worker suite against uWSGI", () => {
  let directory: string;
  let uwsgi: Program;
  let tcp: Connection & { port: number };
  let results: readonly CaseResult[];

  beforeAll(async () => {
    directory = await makeTempDir();
    tcp = { host: "127.0.0.1", port: await freePort() };
    const unix = { path: `${directory}/app.sock` };
    uwsgi = await startUwsgi(
      [
        ...["--socket", `${tcp.host}:${tcp.port}`, "--socket", unix.path],
        ...["--wsgi-file", CONTRACT_APP, "--processes", "1", "--need-app"],
      ],
      [tcp, unix],
      { cwd: directory },
    );
    results = await runWorkerSuite(tcp);
  }, ONE_RUN_MS);

  afterAll(async () => {
    await uwsgi?.stop();
    await removeTempDir(directory);
  });

  test("runs to the end, and knows of every case how it ended", () => {
    expect(standing(results, "couldNotRun")).toEqual({});
    expect(results.map(({ facts }) => facts.id)).toEqual(workerSuite.map(({ id }) => id));
  });

  test.each([
    ["start-response/refuses-field-crlf", "a line break in a field makes a second field"],
    ["start-response/refuses-status-crlf", "so does one in the status"],
    ["encoding/protocol-crlf", "and one in SERVER_PROTOCOL, which comes from the packet"],
    ["packet/overlong-key-then-pair", "an overlong key is skipped"],
    ["ping-and-modifiers/magic-file-for-new-app", "a packet runs a command"],
    ["errors/raise-started-no-page", "an application that failed gives an empty page"],
    ["errors/fails-later-unsized", "half a page looks whole"],
    ["errors/yields-number-stops", "a block that is none is left out"],
    ["start-response/error-replaces-head", "the error page is lost"],
    ["start-response/never-called", "a body goes out without a head"],
  ])("finds by itself: %s, %s", (id) => {
    expect(Object.keys(standing(results, "failed"))).toContain(id);
  });

  test.each([
    ["errors/raise-500", "closed without a byte"],
    ["limits/datasize-4097", "without a byte"],
    ["limits/vars-166", "without a byte"],
    ["early-answer/unread-20-mib", "reset without a byte"],
    ["response-framing/head-sized", "behind the head"],
    ["response-framing/surplus-cut", 'body "helloworld"'],
    ["duplicates/cookie-joined", '"b=2"'],
    ["input/length-suffix", "200 OK"],
  ])("advises: %s, seen: %s", (id, seen) => {
    expect(standing(results, "advised")[id]).toContain(seen);
  });

  test("finds that much is right", () => {
    expect(Object.keys(standing(results, "passed")).length).toBeGreaterThan(250);
  });
});
