import { describe, expect, test } from "vitest";
import { fromFetch } from "../../../src/adapters/index.ts";
import { bodyOf, converse, requestBytes, statusOf } from "../../support/raw-peer.ts";
import { signal, until } from "../../support/wait.ts";
import { startWorker } from "../../support/workers.ts";
import { apps } from "./apps.ts";
import { type Kind, kinds, restoreGlobalsAfterEach } from "./run.ts";

restoreGlobalsAfterEach();

const MEBIBYTE = 1024 * 1024;

interface Ask {
  readonly path: string;
  readonly method?: string;
  readonly vars?: Readonly<Record<string, string>>;
  readonly body?: string;
}

describe.each(Object.keys(apps).flatMap((name) => kinds.map((kind) => ({ name, kind }))))(
  "$name, $kind",
  (setup) => {
    test("a route with a parameter, a query and a header", async () => {
      const text = await ask(setup, { path: "/hello/you?q=1%202", vars: { HTTP_X_A: "a" } });
      expect([statusOf(text), bodyOf(text)]).toEqual([200, "hello you 1 2 a"]);
      expect(text).toMatch(/^Content-Type: text\/plain/im);
    });

    test("HEAD", async () => {
      const text = await ask(setup, { path: "/hello/you?q=1", method: "HEAD" });
      expect([statusOf(text), bodyOf(text)]).toEqual([200, ""]);
    });

    test("JSON, in and out", async () => {
      const text = await ask(setup, {
        path: "/json",
        method: "POST",
        vars: { CONTENT_TYPE: "application/json" },
        body: '{"a":["caf\u00c3\u00a9"]}',
      });
      expect([statusOf(text), bodyOf(text)]).toEqual([200, '{"got":{"a":["caf\u00c3\u00a9"]}}']);
      expect(text).toMatch(/^Content-Type: application\/json/im);
    });

    test("a form", async () => {
      const vars = { CONTENT_TYPE: "application/x-www-form-urlencoded" };
      expect(bodyOf(await ask(setup, { path: "/form", method: "POST", vars, body: "a=x+y&b=z" }))).toBe(
        "x y",
      );
    });

    test("a large upload", async () => {
      const body = "u".repeat(3 * MEBIBYTE);
      expect(bodyOf(await ask(setup, { path: "/upload", method: "POST", body }))).toBe(String(body.length));
    });

    test("a large echo, in full duplex", async () => {
      const body = Array.from({ length: MEBIBYTE / 8 }, (_, index) => String(index).padStart(8, "0")).join(
        "",
      );
      expect(bodyOf(await ask(setup, { path: "/echo", method: "POST", body }))).toBe(body);
    });

    test("a stream", async () => {
      const text = await ask(setup, { path: "/stream" });
      expect([statusOf(text), bodyOf(text)]).toEqual([200, "1;2;3;"]);
      expect(text).toMatch(/^X-Stream: 1\r$/im);
      expect(text).not.toMatch(/^(Content-Length|Transfer-Encoding|Connection):/im);
    });

    test("several cookies", async () => {
      const text = await ask(setup, { path: "/cookies" });
      const lines = [...text.matchAll(/^Set-Cookie: (.*)\r$/gim)].map(([, value]) => value);
      expect([statusOf(text), lines]).toEqual([200, ["a=1; Path=/", "b=2"]]);
    });

    test("a redirect", async () => {
      const text = await ask(setup, { path: "/redirect" });
      expect(statusOf(text)).toBe(302);
      expect(text).toMatch(/^Location: \/there\r$/im);
    });

    test("204", async () => {
      const text = await ask(setup, { path: "/nothing" });
      expect([statusOf(text), bodyOf(text)]).toEqual([204, ""]);
      expect(text).not.toMatch(/^Content-Length/im);
    });

    test("404", async () => {
      expect(statusOf(await ask(setup, { path: "/nowhere" }))).toBe(404);
    });

    test("the address of the client", async () => {
      expect(bodyOf(await ask(setup, { path: "/address", vars: { REMOTE_ADDR: "192.0.2.1" } }))).toBe(
        "192.0.2.1",
      );
    });

    test("waitUntil holds the slot, and not the response", async () => {
      const work = signal();
      const { worker, endpoint } = await start(setup, () => work.promise);
      const { text } = await converse(endpoint, [bytesOf({ path: "/background" })]);
      expect(bodyOf(text)).toBe("started");
      expect(worker.stats().runningRequests).toBe(1);
      work.resolve();
      await until(() => worker.stats().runningRequests === 0, "the slot is free");
    });
  },
);

interface Setup {
  readonly name: string;
  readonly kind: Kind;
}

function start({ name, kind }: Setup, background: () => Promise<unknown> = () => Promise.resolve()) {
  const make = apps[name];
  if (!make) throw new Error(`no application ${name}`);
  return startWorker(fromFetch(make({ background }), { requestObject: kind }), {}, { transport: "unix" });
}

async function ask(setup: Setup, question: Ask): Promise<string> {
  const { endpoint, log } = await start(setup);
  const { text, end } = await converse(endpoint, [bytesOf(question)]);
  expect(end).toBe("fin");
  expect(log.lines).toEqual([]);
  return text;
}

function bytesOf({ path, method = "GET", vars, body = "" }: Ask): Buffer {
  const [pathname = "", query = ""] = path.split("?");
  const changes = { REQUEST_METHOD: method, REQUEST_URI: path, PATH_INFO: pathname, QUERY_STRING: query };
  const length = body === "" ? {} : { CONTENT_LENGTH: String(body.length) };
  return requestBytes({ ...changes, ...length, ...vars }, body);
}
