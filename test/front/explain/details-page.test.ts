import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceptsHtml, escapeHtml } from "../../../src/front/explain/details-page.ts";
import { ErrorAnswers } from "../../../src/front/explain/error-answers.ts";
import type { Failure } from "../../../src/front/explain/failure.ts";

const failure: Failure = {
  code: "UWB_ERR_UPSTREAM_CONNECT",
  status: 503,
  reason: "can not connect to unix:/run/<b>.sock: ENOENT",
  phase: "connect",
  errno: "ENOENT",
  target: "unix:/run/<b>.sock",
  vars: 20,
  varsBytes: 500,
};
const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

test.each([
  ["text/html", true],
  [BROWSER, true],
  ["application/json, TEXT/HTML;q=0.1", true],
  ["*/*", false],
  ["text/html;q=0", false],
  ["text/html; q=0.000", false],
  ["text/*", false],
  ["", false],
  [undefined, false],
])("whoever accepts %j gets HTML: %s", (accept, isHtml) => {
  expect(acceptsHtml(accept)).toBe(isHtml);
});

test("no text can become markup", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      expect(escapeHtml(text)).toMatch(/^(?:[ !#$%(-;=?-~]|&(?:amp|lt|gt|quot|#\d+);)*$/);
    }),
  );
});

describe("the page with details", () => {
  const answers = new ErrorAnswers({ errorDetails: true });
  const request = { id: "r1", method: "GET", uri: "/<script>alert(1)</script>?a='\"&", accept: BROWSER };
  const { page, headers } = answers.answerTo(failure, request);

  test("says what happened and what to do", () => {
    expect(page.contentType).toBe("text/html; charset=utf-8");
    expect(page.text).toContain("There is no socket file /run/&lt;b&gt;.sock.");
    expect(page.text).toContain("<code>uwsgi-bridge worker app.ts --socket unix:/run/&lt;b&gt;.sock</code>");
    expect(page.text).toContain("<td>20, 500 bytes</td>");
  });

  test("has nothing of the request as markup", () => {
    expect(page.text).toContain("GET /&lt;script&gt;alert(1)&lt;/script&gt;?a=&#39;&quot;&amp;");
    expect(page.text).not.toContain("<script");
  });

  test("is kept by nobody and loads nothing", () => {
    expect(headers).toContainEqual(["Cache-Control", "no-store"]);
    expect(headers).toContainEqual(["Content-Security-Policy", "default-src 'none'"]);
  });

  test("is plain text for programs", () => {
    const { page: text } = answers.answerTo(failure, { ...request, accept: "*/*" });
    expect(text.contentType).toBe("text/plain; charset=utf-8");
    expect(text.text).toMatch(/^There is no socket file .*\n- Is the worker running\?/);
    expect(text.text).toContain("errno: ENOENT\n");
  });
});

describe("without details", () => {
  const { status, page, headers } = new ErrorAnswers().answerTo(failure, { id: "r1", accept: BROWSER });

  test("a client learns the code and the request id", () => {
    expect(status).toBe(503);
    expect(page).toEqual({
      text: "UWB_ERR_UPSTREAM_CONNECT\nrequest r1\n",
      contentType: "text/plain; charset=utf-8",
    });
  });

  test("and no address, in no field either", () => {
    expect(headers).toEqual([
      ["X-Request-Id", "r1"],
      ["Proxy-Status", 'uwsgi-bridge; error=destination_unavailable; details="UWB_ERR_UPSTREAM_CONNECT"'],
      ["Retry-After", "1"],
    ]);
  });

  test("a Retry-After of its own stays alone", () => {
    const answer = new ErrorAnswers().answerTo(failure, { id: "r1" }, [["Retry-After", "7"]]);
    expect(answer.headers.filter(([name]) => name === "Retry-After")).toEqual([["Retry-After", "7"]]);
  });
});

test("what is no error says nothing of errors", () => {
  const answer = new ErrorAnswers({ errorDetails: true }).answerTo(
    { code: "UWB_ERR_REQUEST_INVALID", status: 204, reason: "OPTIONS *", phase: "request" },
    { id: "r1" },
    [["Allow", "GET"]],
  );
  expect(answer.headers).toEqual([
    ["X-Request-Id", "r1"],
    ["Allow", "GET"],
  ]);
});
