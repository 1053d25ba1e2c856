import { describe, expect, test } from "vitest";
import type { AccessRecord } from "../../../src/front/access-log/access-record.ts";
import { logFormat } from "../../../src/front/access-log/log-format.ts";
import { commonTime, LogTime } from "../../../src/front/access-log/log-time.ts";
import { LOG_VARIABLES } from "../../../src/front/access-log/log-variables.ts";

const AT = Date.UTC(2026, 0, 31, 12, 0, 0, 42);
const record: AccessRecord = {
  atMs: AT,
  remoteAddress: "192.0.2.1",
  remotePort: "4711",
  scheme: "http",
  method: "GET",
  target: "/a?b=c",
  protocol: "HTTP/1.1",
  host: "a.test",
  referer: "",
  userAgent: 'evil" 200 0 "',
  status: 200,
  bodyBytes: 13,
  bytes: 173,
  isComplete: true,
  durationMs: 1234.5678,
  requestId: "r-1",
  traceId: "",
  code: "",
  upstream: {
    address: "unix:/run/app.sock",
    attempts: 2,
    vars: [
      ["A", "b"],
      ["C", "d"],
    ],
    queueMs: 0.5,
    connectMs: Number.NaN,
    headerMs: 7,
    responseMs: 8.25,
  },
};
const bare: AccessRecord = {
  ...record,
  method: "",
  target: "",
  host: "",
  userAgent: "",
  upstream: undefined,
};
const line = (format: string, of: AccessRecord = record): string => logFormat(format).line(of, new LogTime());
const time = commonTime(AT);

describe("a line", () => {
  test.each([
    ["common", `192.0.2.1 - - [${time}] "GET /a?b=c HTTP/1.1" 200 13`],
    ["combined", `192.0.2.1 - - [${time}] "GET /a?b=c HTTP/1.1" 200 13 "-" "evil\\x22 200 0 \\x22"`],
    [
      "$upstream_addr $upstream_attempts $upstream_queue_time $upstream_connect_time $upstream_header_time",
      "unix:/run/app.sock 2 0.001 - 0.007",
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the template of a log, not of a program.
    ["${status}00 $$status $request_time $duration_ms", "20000 $status 1.235 1234.568"],
    ["$uri?$args $request_completion $error $trace_id", "/a?b=c OK - -"],
    ["$time_iso8601 $msec", "2026-01-31T12:00:00.042Z 1769860800.042"],
  ])("of %s", (format, text) => {
    expect(line(format)).toBe(text);
  });

  test("of JSON has what is known, as numbers where it is one", () => {
    expect(JSON.parse(line("json"))).toEqual({
      time: "2026-01-31T12:00:00.042Z",
      remoteAddress: "192.0.2.1",
      method: "GET",
      target: "/a?b=c",
      protocol: "HTTP/1.1",
      host: "a.test",
      status: 200,
      bodyBytes: 13,
      bytes: 173,
      durationMs: 1234.568,
      requestId: "r-1",
      userAgent: 'evil" 200 0 "',
      upstream: "unix:/run/app.sock",
      attempts: 2,
      queueMs: 0.5,
      headerMs: 7,
      responseMs: 8.25,
    });
  });

  test("of JSON says that a response is not complete, and why", () => {
    const of = { ...record, isComplete: false, code: "UWB_ERR_UPSTREAM_RESET" };
    expect(JSON.parse(line("json", of))).toMatchObject({ complete: false, code: "UWB_ERR_UPSTREAM_RESET" });
  });

  test("in the manner of uWSGI counts the requests", () => {
    const { line: write } = logFormat("uwsgi");
    write(record, new LogTime());
    expect(write(record, new LogTime())).toBe(
      `[pid: ${process.pid}|app: 0|req: 2/2] 192.0.2.1 () {2 vars in 12 bytes} [${time}] GET /a?b=c => generated 13 bytes ` +
        "in 1235 msecs (HTTP/1.1 200) 0 headers in 160 bytes (0 switches on core 0)",
    );
  });

  test.each(["json", "combined", "common", "uwsgi", ...Object.keys(LOG_VARIABLES).map((name) => `$${name}`)])(
    "of %s can be written about what was no request",
    (format) => {
      expect(line(format, bare)).not.toMatch(/undefined|NaN|\n/);
    },
  );
});

test.each([
  ["$http_cookie", /there is no \$http_cookie/],
  ["$http_authorization", /there is no/],
  ["$status $toString", /there is no \$toString/],
  ["xml", /expected json, combined/],
  ["", /expected json/],
])("a format that names what is never logged, or what there is not, is refused: %j", (format, why) => {
  expect(() => logFormat(format)).toThrow(expect.objectContaining({ option: "logFormat" }));
  expect(() => logFormat(format)).toThrow(why);
});

test("a template of several lines is refused", () => {
  expect(() => logFormat("$status\n")).toThrow(expect.objectContaining({ option: "logFormat" }));
});

test.each([
  ["json", /^\{"time":"[^"]+","lostLines":7\}$/],
  ["common", /^# \S+ 7 lines of this log were lost$/],
])("lines that were lost stand in %s as one line", (format, text) => {
  expect(logFormat(format).lostLine(7)).toMatch(text);
});
