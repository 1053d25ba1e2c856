import { describe, expect, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import { AccessLines } from "../../support/access-lines.ts";
import { startFront, startScriptedWorker, varsOf } from "../../support/fronts.ts";
import { converseHttp, header } from "../../support/raw-http.ts";
import { refusingAddress } from "../../support/rude-peers.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Request-Id: of-the-app\r\n\r\nok";

async function exchange(fields: string, options: Omit<FrontOptions, "to">, answer = ANSWER) {
  const log = new AccessLines();
  const worker = await startScriptedWorker(({ socket }) => void socket.end(answer));
  const { endpoint } = await startFront([worker.endpoint], { accessLog: log.stream, ...options });
  const { answers } = await converseHttp(endpoint, `GET /x HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`, {
    enough: 1,
  });
  const [record] = await log.records(1);
  const ids = answers[0]?.headers.filter(([name]) => name === "x-request-id").map(([, value]) => value);
  return { vars: varsOf(worker.requests[0]), ids, record, answer: answers[0] };
}

describe("a request id", () => {
  const requestIdHeader = "X-Request-Id";
  const trusting = { requestIdHeader, acceptsRequestIds: () => true };

  test("is the same for the application, the client and the log, in place of any other", async () => {
    const { vars, ids, record } = await exchange("X-Request-Id: forged\r\n", { requestIdHeader });
    const id = vars["HTTP_X_REQUEST_ID"];
    expect(id).toMatch(/^[\w-]{8,}$/);
    expect(ids).toEqual([id]);
    expect(record).toMatchObject({ requestId: id });
  });

  test.each([
    ["abc.DEF_1-2", true],
    ["a".repeat(128), true],
    ["a".repeat(129), false],
    ["a b", false],
    ["a,b", false],
    ['a"b', false],
    ["\u00e9", false],
    ["", false],
  ])("%j of somebody who is trusted is taken over: %s", async (given, isTaken) => {
    const { vars, ids, record } = await exchange(`X-Request-Id: ${given}\r\n`, trusting);
    expect(vars["HTTP_X_REQUEST_ID"] === given).toBe(isTaken);
    expect(ids).toEqual([vars["HTTP_X_REQUEST_ID"]]);
    expect(record?.["requestId"]).toBe(ids?.[0]);
  });

  test("of a proxy that is trusted is taken over, of any other one it is not", async () => {
    const from = (trustedProxies: readonly string[]) =>
      exchange("X-Request-Id: of-the-proxy\r\n", { requestIdHeader, trustedProxies });
    expect((await from(["127.0.0.1"])).ids).toEqual(["of-the-proxy"]);
    expect((await from(["192.0.2.1"])).ids).not.toEqual(["of-the-proxy"]);
  });

  test("may have another name, which error answers use as well", async () => {
    const { vars, answer } = await exchange("", { requestIdHeader: "X-Trace" });
    expect(header(answer, "x-trace")).toBe(vars["HTTP_X_TRACE"]);
    const { endpoint } = await startFront([await refusingAddress()], { requestIdHeader: "X-Trace" });
    const { answers } = await converseHttp(endpoint, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", { enough: 1 });
    expect(answers[0]?.headers.filter(([name]) => name === "x-trace")).toHaveLength(1);
    expect(header(answers[0], "x-request-id")).toBeUndefined();
  });

  test("is left alone unless it is asked for", async () => {
    const { vars, ids } = await exchange("X-Request-Id: of-the-client\r\n", {});
    expect(vars["HTTP_X_REQUEST_ID"]).toBe("of-the-client");
    expect(ids).toEqual(["of-the-app"]);
  });

  test.each(["", "a b", "Host", "cookie", "Content-Length", "1x", "x_y"])(
    "can not have the name %j",
    async (name) => {
      await expect(startFront([await refusingAddress()], { requestIdHeader: name })).rejects.toMatchObject({
        option: "requestIdHeader",
      });
    },
  );
});

describe("a trace", () => {
  const fields = `traceparent: ${TRACEPARENT}\r\ntracestate: a=b\r\n`;

  test.each([false, true])("that came is passed on as it was, and logged (--trace %s)", async (trace) => {
    const { vars, record } = await exchange(fields, { trace });
    expect(vars).toMatchObject({ HTTP_TRACEPARENT: TRACEPARENT, HTTP_TRACESTATE: "a=b" });
    expect(record).toMatchObject({ traceId: TRACE });
  });

  test("is not begun unless it is asked for, and what is not valid is passed on", async () => {
    expect((await exchange("", {})).vars).not.toHaveProperty("HTTP_TRACEPARENT");
    const { vars, record } = await exchange("traceparent: wrong\r\n", {});
    expect(vars).toMatchObject({ HTTP_TRACEPARENT: "wrong" });
    expect(record).not.toHaveProperty("traceId");
  });

  test("is begun for requests without a valid one, whose state goes with it", async () => {
    const { vars, record } = await exchange("traceparent: wrong\r\ntracestate: a=b\r\n", { trace: true });
    expect(vars["HTTP_TRACEPARENT"]).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    expect(vars).not.toHaveProperty("HTTP_TRACESTATE");
    expect(vars["HTTP_TRACEPARENT"]).toContain(record?.["traceId"]);
  });
});
