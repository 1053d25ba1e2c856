import { beforeAll, describe, expect, test } from "vitest";
import { createFront, type Front } from "../../../src/front/front.ts";
import { type Endpoint, formatEndpoint } from "../../../src/net/endpoint.ts";
import { createWorker } from "../../../src/worker/worker.ts";
import { anyPort } from "../../support/endpoints.ts";
import { header } from "../../support/raw-http.ts";
import { allHttpCases } from "./all-http-cases.ts";
import { getTarget, HIDDEN, type HttpCase, type ServedRequest } from "./http-case.ts";
import { casePage } from "./http-case-page.ts";
import { exchange, type GotRequest, pageOf, recordingApp, type Sending } from "./http-exchange.ts";

const seeds = process.env["UWSGI_BRIDGE_TESTS"] === "all" ? [1, 2, 3] : [1];
const sendings: readonly Sending[] = ["whole", "bytes", ...seeds];
const FIRST: ServedRequest = { uri: "/first" };

const got: GotRequest[] = [];
let front: Front;
let endpoint: Endpoint;

beforeAll(async () => {
  const worker = createWorker(recordingApp(got));
  front = createFront({ to: [formatEndpoint(await worker.listen(anyPort))] });
  endpoint = await front.listen(anyPort);
  return async () => {
    await front.close(0);
    await worker.close(0);
  };
});

const cases = Object.values(allHttpCases).flat();
/** What is refused is refused behind another request too, and whatever follows it is none. */
const refusedCases = cases.filter(({ served, leaves }) => served.length === 0 && !leaves);

test.each(cases)("$what", async (row) => {
  for (const sending of sendings) await run(row, sending);
});

test.each(refusedCases)("$what, and a request behind it", async (row) => {
  for (const sending of sendings) await run({ ...row, send: row.send + HIDDEN }, sending);
});

test.each(refusedCases)("$what, between two requests", async (row) => {
  const [send, answers] = [getTarget("/first") + row.send + HIDDEN, [200, ...row.answers]];
  for (const sending of sendings) await run({ ...row, send, answers, served: [FIRST] }, sending);
});

describe("the page of cases", () => {
  test("is in step with them", async () => {
    await expect(casePage(allHttpCases)).toMatchFileSnapshot("../../../docs/http-rules.md");
  });

  test("names each once", () => {
    const names = Object.entries(allHttpCases).flatMap(([heading, rows]) =>
      rows.map(({ what }) => `${heading}: ${what}`),
    );
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

async function run(row: HttpCase, sending: Sending): Promise<void> {
  got.length = 0;
  const how = `sent ${sending}`;
  const isKept = row.connection === "kept";
  const probe: readonly ServedRequest[] = isKept ? [{ uri: "/probe" }] : [];
  const { answers, end } = await exchange(endpoint, row, sending);
  expect(
    answers.map(({ status }) => status),
    how,
  ).toEqual([...row.answers, ...probe.map(() => 200)]);
  expect(end, how).toBe(isKept ? "open" : "fin");
  expect(header(answers.at(-1), "connection"), how).toBe(isKept ? "keep-alive" : "close");
  const pages = answers.filter(({ status, body }) => status === 200 && body !== "").map(({ body }) => body);
  expect(pages, how).toEqual(
    [...row.served, ...probe].filter(({ method }) => method !== "HEAD").map(pageFor),
  );
  await checkServed([...row.served, ...probe], how);
}

/** What the worker has got: it is asked once more, so that nothing can still be on its way to it. */
async function checkServed(requests: readonly ServedRequest[], how: string): Promise<void> {
  const send = `GET /last HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n`;
  await exchange(
    endpoint,
    { what: "the last", send, answers: [200], connection: "closed", served: [] },
    "whole",
  );
  expect(got.map(pageOfGot), how).toEqual([...requests.map(pageFor), pageOf("GET", "/last", "")]);
  requests.forEach(({ vars = {} }, index) => {
    const environ = got[index]?.environ as unknown as Record<string, unknown>;
    const found = Object.keys(vars).map((name) => [name, environ[name]]);
    expect(Object.fromEntries(found), how).toEqual(vars);
  });
}

function pageFor({ method = "GET", uri = "/x", body = "" }: ServedRequest): string {
  return pageOf(method, uri, body);
}

function pageOfGot({ environ, body }: GotRequest): string {
  return pageOf(environ.REQUEST_METHOD, String(environ["REQUEST_URI"]), body);
}
