import { expect, test } from "vitest";
import { parseRequest } from "../../../src/front/request/parse-request.ts";
import { isRefusal } from "../../../src/front/request/refusal.ts";
import { startFront, startScriptedWorker, varsOf } from "../../support/fronts.ts";
import { converseHttp } from "../../support/raw-http.ts";

function parse(headerMap: "drop" | "refuse" | "allow" | undefined, ...lines: readonly string[]) {
  const rawHeaders = ["Host", "a.test", ...lines.flatMap((line) => line.split(": "))];
  const head = { method: "POST", target: "/x", httpVersion: "1.1", rawHeaders };
  const parsed = parseRequest(head, { maxHeaders: 100, maxBodyBytes: 0, ...(headerMap && { headerMap }) });
  return isRefusal(parsed) ? parsed.status : [Object.fromEntries(parsed.headerVars), parsed.droppedHeaders];
}

test.each([
  [["X-A: 1"], { HTTP_X_A: "1" }, 0],
  [["X_A: 1"], {}, 1],
  [["X-A: 1", "X_A: 2"], { HTTP_X_A: "1" }, 1],
  [["X.A: 1", "X!A: 2", "_: 3"], {}, 3],
  [["Proxy: 1"], {}, 0],
  [["Connection: close, X_A", "X-A: 1"], { HTTP_X_A: "1" }, 0],
])("%j, dropped", (lines, vars, dropped) => {
  expect(parse("drop", ...lines)).toEqual([vars, dropped]);
  expect(parse(undefined, ...lines)).toEqual([vars, dropped]);
});

test.each([
  [
    ["X-A: 1", "Proxy: 1", "X-Forwarded-For: 1.1.1.1"],
    [{ HTTP_X_A: "1" }, 0],
  ],
  [["X_A: 1"], 400],
  [["X.A: 1"], 400],
  [["Content_Length: 1"], 400],
])("%j, refused", (lines, expected) => {
  expect(parse("refuse", ...lines)).toEqual(expected);
});

test.each([
  [["X_A: 1"], { HTTP_X_A: "1" }, 0],
  [["X-A: 1", "X_A: 2"], { HTTP_X_A: "1, 2" }, 0],
  [["X.A: 1"], { "HTTP_X.A": "1" }, 0],
  [["__proto__: 1"], { HTTP___PROTO__: "1" }, 0],
  [["Content_Length: 1", "Content_Type: a/b", "Transfer_Encoding: chunked"], {}, 3],
  [["X_Forwarded_For: 1.1.1.1", "X_Real_IP: 1.1.1.1", "If_Match: a", "User_Agent: a"], {}, 4],
  [["Connection: close, X_A", "X_A: 1"], {}, 0],
])("%j, allowed", (lines, vars, dropped) => {
  expect(parse("allow", ...lines)).toEqual([vars, dropped]);
});

test("a front counts what it drops, and passes on what it is told to", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end("HTTP/1.1 200 OK\r\n\r\nok"));
  const ask = async (headerMap: "drop" | "refuse" | "allow") => {
    const { endpoint, front } = await startFront([worker.endpoint], { headerMap });
    const { answers } = await converseHttp(
      endpoint,
      "GET / HTTP/1.1\r\nHost: a.test\r\nX_A: 1\r\nX.B: 2\r\n\r\n",
    );
    return [answers[0]?.status, front.stats().counts["droppedHeaders"]];
  };
  expect(await ask("drop")).toEqual([200, 2]);
  expect(await ask("refuse")).toEqual([400, 0]);
  expect(await ask("allow")).toEqual([200, 0]);
  expect(varsOf(worker.requests[1])).toMatchObject({ HTTP_X_A: "1", "HTTP_X.B": "2" });
});
