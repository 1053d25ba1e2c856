import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cutBytes, seededRandom } from "../../../protocol/conformance/front/split.ts";
import { byteByByte } from "../../support/feed.ts";
import { startFront } from "../../support/fronts.ts";
import { converseHttp, type HttpConversation, header } from "../../support/raw-http.ts";
import { makeStaticTree, type StaticTree } from "../../support/static-tree.ts";
import { startWorker, textApp } from "../../support/workers.ts";
import type { StaticCase } from "./static-case.ts";
import { FIELD_CASES } from "./static-field-cases.ts";
import { PATH_CASES } from "./static-path-cases.ts";

let tree: StaticTree;

beforeAll(async () => {
  tree = await makeStaticTree();
});

afterAll(() => tree.remove());

async function startSite() {
  const app = textApp("app");
  const { endpoint: to } = await startWorker(app);
  const { endpoint } = await startFront([to], { staticMaps: { "/s": tree.www } });
  return { app, endpoint };
}

function requestText({ method = "GET", target, headers = {}, body = "" }: StaticCase): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\nHost: a.test\r\n${fields.join("")}\r\n${body}`;
}

function check({ status, text, has = {} }: StaticCase, { answers }: HttpConversation): void {
  const [answer] = answers;
  expect(answers).toHaveLength(1);
  expect(answer?.isComplete).toBe(true);
  if (status === "app") {
    expect([answer?.status, answer?.body]).toEqual([200, "app"]);
    return;
  }
  expect(answer?.status).toBe(status);
  expect(answer?.body).not.toContain("secret");
  if (text !== undefined) expect(answer?.body).toBe(text);
  const fields = Object.keys(has).map((name) => [name, header(answer, name)]);
  expect(Object.fromEntries(fields)).toEqual(has);
}

describe.each(Object.entries({ ...PATH_CASES, ...FIELD_CASES }))("%s", (_group, cases) => {
  test.each(cases)("$what: $status", async (row) => {
    const { app, endpoint } = await startSite();
    const methods = [row.method ?? "GET"];
    const bytes = requestText(row);
    check(row, await converseHttp(endpoint, bytes, { methods, enough: 1 }));
    expect(app.calls).toBe(row.status === "app" ? 1 : 0);
    // Once more: what is remembered by now must not differ.
    check(row, await converseHttp(endpoint, bytes, { methods, enough: 1 }));
  });

  test.each(cases)("$what, byte by byte", async (row) => {
    const { endpoint } = await startSite();
    const methods = [row.method ?? "GET"];
    const bytes = byteByByte(Buffer.from(requestText(row), "latin1"));
    check(row, await converseHttp(endpoint, bytes, { methods, enough: 1 }));
  });

  test.each(cases)("$what, in random pieces, and once more on the same connection", async (row) => {
    const { app, endpoint } = await startSite();
    const { method = "GET", body = "", isInvalid = row.status === 400 } = row;
    // Behind a body that nobody wanted the connection ends, too.
    const times = body === "" && !isInvalid ? 2 : 1;
    const bytes = Buffer.from(requestText(row).repeat(times), "latin1");
    const methods = Array.from({ length: times }, () => method);
    for (const seed of [1, 2, 3]) {
      const pieces = cutBytes(bytes, "random", seededRandom(`${seed} ${row.what}`));
      const { answers, ...rest } = await converseHttp(endpoint, pieces, { methods, enough: times });
      expect(answers).toHaveLength(times);
      for (const answer of answers) check(row, { ...rest, answers: [answer] });
    }
    expect(app.calls).toBe(row.status === "app" ? 3 * times : 0);
  });
});
