import { pep3333, rfc9110 } from "../../sources.ts";
import { all, bodyIs, check, either, errorStatus, field, noBody, noField, ok, status } from "../checks.ts";
import { closedOnce } from "../counts.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const FILES = pep3333("Optional Platform-Specific File Handling");
const FILE = Array.from({ length: 4096 }, (_, number) => `${String(number).padStart(7, "0")}\n`).join("");

const bodiless: readonly ExchangeRow[] = (
  [
    [
      "head-sized",
      "HEAD",
      "/sized",
      "The answer to HEAD keeps its Content-Length and has no body",
      all(status(200), field("Content-Length", "5"), noBody),
      "9.3.2",
    ],
    [
      "head-blocks",
      "HEAD",
      "/blocks",
      "The answer to HEAD has no body and no made-up length",
      all(
        status(200),
        noBody,
        check("no Content-Length, or 3", (answer) =>
          ["3", undefined].includes(answer.field("Content-Length")),
        ),
      ),
      "9.3.2",
    ],
    [
      "head-error",
      "HEAD",
      "/raise",
      "The error page for HEAD has no body",
      either(
        all(errorStatus(500, 500), noBody),
        check("closed without a byte", (answer) => answer.isEmpty && answer.ending !== "open"),
      ),
      "9.3.2",
    ],
    [
      "204-empty",
      "GET",
      "/no-content",
      "A 204 has no body and no Content-Length",
      all(status(204), noBody, noField("Content-Length")),
      "15.3.5",
    ],
    [
      "204-body-dropped",
      "GET",
      "/no-content-body",
      "The body and the length of a 204 are dropped",
      all(status(204), noBody, noField("Content-Length")),
      "15.3.5",
    ],
    [
      "304-empty",
      "GET",
      "/not-modified",
      "A 304 keeps its fields and has no body",
      all(status(304), field("ETag", '"tag"'), noBody),
      "15.4.5",
    ],
    [
      "304-body-dropped",
      "GET",
      "/not-modified-body",
      "The body of a 304 is dropped",
      all(status(304), noBody),
      "15.4.5",
    ],
  ] as const
).map(
  ([name, method, path, rule, allow, section]): ExchangeRow => ({
    name,
    level: name.endsWith("empty") ? "MUST" : "SHOULD",
    rule,
    source: rfc9110(section),
    why: "The http router copies what stands behind the head to the HTTP client, which takes it for the next response.",
    send: { path, method },
    allow,
  }),
);

const bodies: readonly ExchangeRow[] = (
  [
    [
      "blocks",
      "/blocks",
      "abc",
      "The blocks of a body go out one behind the other; empty ones change nothing",
    ],
    ["blocks-empty", "/blocks-empty", "", "A body of empty blocks is an empty body"],
    ["blocks-set", "/blocks-set", "ab", "A body may be any iterable"],
    [
      "blocks-1000",
      "/blocks-many",
      Array.from({ length: 1000 }, (_, n) => `${n},`).join(""),
      "A thousand small blocks go out in order",
    ],
    ["file", "/file", FILE, "A wrapped file goes out whole"],
    ["file-unused", "/file-unused", "unused", "A wrapped file that is not returned is not sent"],
  ] as const
).map(
  ([name, path, body, rule]): ExchangeRow => ({
    name,
    rule,
    source: name.startsWith("file") ? FILES : pep3333("Specification Details"),
    why: "The body is what the application yields, and nothing else.",
    send: { path },
    allow: all(status(200), bodyIs(body)),
  }),
);

export const responseBodyCases: readonly WorkerCase[] = exchangeCases("response-framing", [
  ...bodiless,
  ...bodies,
  {
    name: "slow-answer",
    rule: "An application may take its time before it answers",
    source: pep3333("The start_response() Callable"),
    why: "A server that gives up first turns slow pages into none.",
    send: { path: "/slow-answer" },
    allow: ok("patient"),
  },
  {
    name: "file-sized",
    rule: "A wrapped file with a length goes out whole",
    source: FILES,
    why: "Servers that send files by descriptor have a path of their own for it.",
    send: { path: "/file-sized" },
    allow: all(field("Content-Length", String(FILE.length)), bodyIs(FILE)),
  },
  {
    name: "file-offset",
    level: "SHOULD",
    rule: "A wrapped file goes out from where it stands",
    source: FILES,
    why: "Who has read a part has read it on purpose.",
    send: { path: "/file-offset" },
    allow: ok("0004095\n"),
  },
  {
    name: "file-closed",
    rule: "close() of a wrapped file is called once",
    source: FILES,
    why: "A file that is not closed stays open until the process ends.",
    send: { path: "/file-closing/{token}" },
    allow: ok("0004095\n"),
    counts: closedOnce,
  },
  {
    name: "head-closes-body",
    level: "SHOULD",
    rule: "The body of an answer to HEAD is closed once, and not sent",
    source: rfc9110("9.3.2"),
    why: "Not sending is no reason not to close.",
    send: { path: "/closing-sized/{token}", method: "HEAD" },
    allow: all(status(200), noBody),
    counts: closedOnce,
  },
]);
