import { test } from "vitest";
import { type AdviceRow, expectAdvice } from "../../support/advice.ts";

const rows: readonly AdviceRow[] = [
  {
    name: "vars above the default of uWSGI",
    failure: {
      code: "UWB_ERR_UPSTREAM_CLOSED",
      phase: "head",
      varsBytes: 5120,
      biggestVars: "HTTP_COOKIE 4500",
    },
    what: "The vars of this request are 5120 bytes; uWSGI's default buffer-size is 4096.",
    next: ["`buffer-size = 8192` in its ini", "HTTP_COOKIE 4500", "--backend-buffer-size"],
  },
  {
    name: "vars of just that size",
    failure: { code: "UWB_ERR_UPSTREAM_CLOSED", phase: "head", varsBytes: 4096 },
    what: "without a byte of answer",
    next: ["FastCGI"],
  },
  {
    name: "too many vars for uWSGI",
    failure: { code: "UWB_ERR_UPSTREAM_RESET", phase: "head", vars: 129 },
    what: "This request has 129 vars",
    next: ["max-vars = 256"],
  },
  {
    name: "vars near the limit of the format",
    failure: { code: "UWB_ERR_UPSTREAM_RESET", phase: "write", varsBytes: 64_000, biggestVars: "A 9" },
    what: "64000 bytes",
    next: ["`buffer-size = 65535`"],
  },
  {
    name: "a reset inside the response",
    failure: { code: "UWB_ERR_UPSTREAM_RESET", phase: "body", varsBytes: 5120, receivedBytes: 77 },
    what: "broke the connection off after 77 bytes",
    next: ["harakiri"],
  },
  {
    name: "a silent application",
    failure: { code: "UWB_ERR_UPSTREAM_READ_TIMEOUT", phase: "head" },
    what: "took the request and sent nothing for 60000 ms",
    next: ["`--read-timeout` raises the limit"],
  },
  {
    name: "a silence inside the response",
    failure: { code: "UWB_ERR_UPSTREAM_READ_TIMEOUT", phase: "body", receivedBytes: 5 },
    what: "silent for 60000 ms inside its response, after 5 bytes",
    next: ["--read-timeout"],
  },
  {
    name: "an application that does not read",
    failure: { code: "UWB_ERR_UPSTREAM_SEND_TIMEOUT", phase: "write", sentBytes: 9 },
    what: "took nothing of the request body for 61000 ms, after 9 bytes",
    next: ["--send-timeout"],
  },
  {
    name: "an HTTP server",
    failure: { code: "UWB_ERR_RESPONSE_MALFORMED", speech: "html" },
    what: "this port speaks HTTP, not uwsgi",
    next: ["for uWSGI the address of `socket`"],
  },
  {
    name: "an HTTPS server",
    failure: { code: "UWB_ERR_RESPONSE_MALFORMED", speech: "tls" },
    what: "this port speaks HTTPS",
    next: ["uwsgi socket"],
  },
  {
    name: "garbage",
    failure: { code: "UWB_ERR_RESPONSE_MALFORMED", reason: "no colon" },
    what: "is no response: no colon",
    next: ["`uwsgi-bridge request -i unix:/run/app.sock /`"],
  },
  {
    name: "two lengths",
    failure: { code: "UWB_ERR_RESPONSE_FRAMING", phase: "head", reason: "two" },
    what: "can be read in two ways: two",
    next: ["middleware"],
  },
  {
    name: "a large head",
    failure: { code: "UWB_ERR_RESPONSE_TOO_LARGE", reason: "64 KiB" },
    what: "too large: 64 KiB",
    next: ["cookies"],
  },
  {
    name: "a short response",
    failure: { code: "UWB_ERR_RESPONSE_TRUNCATED", receivedBytes: 3 },
    what: "closed inside its response, after 3 bytes",
    next: ["Content-Length"],
  },
  {
    name: "a switch",
    failure: { code: "UWB_ERR_RESPONSE_UPGRADE", reason: "unasked" },
    what: "switched protocols when it should not: unasked",
    next: ["--upgrade"],
  },
  {
    name: "vars that the front refuses",
    failure: { code: "UWB_ERR_VARS_TOO_LARGE", varsBytes: 70_000, biggestVars: "HTTP_COOKIE 1" },
    what: "The vars of this request are 70000 bytes; the servers take 65535.",
    next: ["HTTP_COOKIE 1", "--backend-buffer-size"],
  },
  {
    name: "vars that are too many",
    failure: { code: "UWB_ERR_VARS_TOO_MANY", vars: 130 },
    what: "This request has 130 vars; the servers take 128.",
    next: ["--backend-max-vars"],
  },
  {
    name: "a large body",
    failure: { code: "UWB_ERR_REQUEST_INVALID", status: 413, reason: "big" },
    what: "refused: big",
    next: ["--client-max-body-size"],
  },
  {
    name: "a large head of a request",
    failure: { code: "UWB_ERR_REQUEST_INVALID", status: 431, reason: "big" },
    what: "refused: big",
    next: ["--max-header-size"],
  },
  {
    name: "a refusal for now",
    failure: { code: "UWB_ERR_REQUEST_INVALID", status: 503, reason: "many" },
    what: "not served: many",
    next: [],
  },
  {
    name: "a bad request",
    failure: { code: "UWB_ERR_REQUEST_INVALID", status: 400, reason: "no Host" },
    what: "reached no server: no Host",
    next: [],
  },
  {
    name: "a chunked one",
    failure: { code: "UWB_ERR_BODY_TOO_LARGE" },
    what: "larger",
    next: ["--client-max"],
  },
  {
    name: "a slow client",
    failure: { code: "UWB_ERR_BODY_TIMEOUT" },
    what: "stopped",
    next: ["--body-timeout"],
  },
  { name: "no room", failure: { code: "UWB_ERR_SPOOL" }, what: "not be stored", next: ["--temp-dir"] },
  {
    name: "no file",
    failure: { code: "UWB_ERR_FILE_NOT_FOUND" },
    what: "there is none",
    next: ["--accel-root"],
  },
  {
    name: "no such way",
    failure: { code: "UWB_ERR_FILE_FORBIDDEN" },
    what: "may not be sent",
    next: ["--send"],
  },
  {
    name: "an unreadable file",
    failure: { code: "UWB_ERR_FILE_READ", errno: "EIO" },
    what: "(EIO)",
    next: ["ulimit -n"],
  },
  {
    name: "an unreadable static file",
    failure: { code: "UWB_ERR_STATIC_FILE", errno: "EMFILE" },
    what: "(EMFILE)",
    next: ["ulimit -n"],
  },
  {
    name: "a static file that is not there",
    failure: { code: undefined, status: 404, phase: "file" },
    what: "no such file",
    next: ["--check-static"],
  },
  {
    name: "what nobody has thought of",
    failure: { code: "UWB_ERR_LINT", reason: "something happened" },
    what: "Something happened.",
    next: [],
  },
];

test.each(rows)("about $name", expectAdvice);
