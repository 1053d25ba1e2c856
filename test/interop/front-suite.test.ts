import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frontSuite } from "../../protocol/conformance/front/front-suite.ts";
import { FrontRun } from "../../protocol/conformance/front/run-front-suite.ts";
import { type CaseResult, countResults } from "../../protocol/conformance/report.ts";
import { freePort } from "../support/ports.ts";
import type { Program } from "../support/process.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { startApache } from "./apache.ts";
import type { PeerName } from "./installations.ts";
import { startLighttpd } from "./lighttpd.ts";
import { startNginx } from "./nginx.ts";
import { describeWith } from "./peers.ts";
import { startUwsgi } from "./uwsgi.ts";

/** What the suite finds out about a front by itself. */
interface Finding {
  readonly peer: PeerName;
  readonly name: string;
  /** Start it before a uwsgi server on this port of 127.0.0.1. */
  start(directory: string, workerPort: number): Promise<{ readonly port: number; readonly program: Program }>;
  /** Cases it fails, and what is seen of each. */
  readonly fails: Readonly<Record<string, RegExp>>;
  readonly passes: readonly string[];
}

const LEFT_OVER = /bytes follow that belong to no answer/;
const MIXED = /the next answer on the connection is read in its place/;
const CHUNK_SIZES = /another body, of 25 bytes: "f\\r\\n/;
const LOOKS_WHOLE = /a whole answer: 200/;

const findings: readonly Finding[] = [
  {
    peer: "nginx",
    name: "nginx shows chunks as text, and takes 101 as a tunnel nobody asked for",
    start: async (directory, workerPort) => {
      const { ports, program } = await startNginx(directory, [`127.0.0.1:${workerPort}`]);
      return { port: ports[0] ?? 0, program };
    },
    fails: {
      "response-chunks/one-chunk": CHUNK_SIZES,
      "truncation/before-the-last-chunk": LOOKS_WHOLE,
      "interim/switching-nobody-asked-for": LEFT_OVER,
      "header-names/proxy": /HTTP_PROXY: is there/,
    },
    passes: ["truncation/inside-a-length", "surplus/second-answer", "header-names/underscore-twin"],
  },
  {
    peer: "apache",
    name: "Apache leaves clients out of step, and shows chunks as text",
    start: async (directory, workerPort) => {
      const { ports, program } = await startApache(directory, [`uwsgi://127.0.0.1:${workerPort}`]);
      return { port: ports[0] ?? 0, program };
    },
    fails: {
      "truncation/inside-a-length": MIXED,
      "surplus/second-answer": LEFT_OVER,
      "surplus/second-answer-with-pause": /the next request got 200 and a body that is not its own: "evil"/,
      "response-framing/length-and-chunked": LEFT_OVER,
      "response-chunks/one-chunk": CHUNK_SIZES,
      "interim/early-hints": /can not read the answer/,
    },
    passes: ["header-names/proxy", "response-fields/control-in-value"],
  },
  {
    peer: "lighttpd",
    name: "lighttpd decodes chunks, and leaves clients of cut answers out of step",
    start: (directory, workerPort) =>
      startLighttpd(directory, { type: "tcp", host: "127.0.0.1", port: workerPort }),
    fails: {
      "truncation/inside-a-length": MIXED,
      "response-fields/bare-cr-in-value": /Set-Cookie: evil/,
    },
    passes: ["response-chunks/one-chunk", "surplus/second-answer"],
  },
  {
    peer: "uwsgi",
    name: "the uWSGI http router hides failures of the worker, and copies what it is sent",
    start: async (_directory, workerPort) => {
      const port = await freePort();
      const flags = ["--http", `127.0.0.1:${port}`, "--http-to", `127.0.0.1:${workerPort}`];
      return { port, program: await startUwsgi(flags, [{ host: "127.0.0.1", port }]) };
    },
    fails: {
      "truncation/no-byte": /closed without an answer/,
      "bodyless/head-with-body": LEFT_OVER,
      "surplus/second-answer": LEFT_OVER,
      "header-names/underscore-twin": /HTTP_X_REAL_THING: "1, 6"/,
      "chunked-upload/one-chunk": /a body of 0 bytes/,
    },
    passes: ["vars/path-info", "body/of-a-megabyte"],
  },
];

describe.each(findings)("$name", ({ peer, start, fails, passes }) => {
  describeWith([peer], "found by the suite", () => {
    let results: ReadonlyMap<string, CaseResult>;
    let close: () => Promise<void>;

    beforeAll(async () => {
      const directory = await makeTempDir();
      const run = await FrontRun.listen({ host: "127.0.0.1", port: 0 });
      const { address } = run;
      const front = await start(directory, typeof address === "object" && address ? address.port : 0);
      close = async () => {
        await front.program.stop("SIGTERM");
        await run.close();
        await removeTempDir(directory);
      };
      const options = { patienceMs: 2000 };
      const all = await run.run(frontSuite, { host: "127.0.0.1", port: front.port, base: "" }, options);
      results = new Map(all.map((result) => [result.facts.id, result]));
    });

    afterAll(() => close());

    test("every case comes to a verdict", () => {
      expect(countResults([...results.values()]).couldNotRun).toBe(0);
      expect(results.size).toBe(frontSuite.length);
    });

    test.each(Object.entries(fails))("fails %s", (id, seen) => {
      expect(results.get(id)?.verdict).toMatchObject({
        outcome: "failed",
        seen: expect.stringMatching(seen),
      });
    });

    test.each(passes)("passes %s", (id) => {
      expect(results.get(id)?.verdict).toMatchObject({ outcome: "passed" });
    });
  });
});
