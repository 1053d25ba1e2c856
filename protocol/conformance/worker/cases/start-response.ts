import { pep3333, rfc9110 } from "../../sources.ts";
import { all, bodyIs, check, either, errorStatus, field, noBody, noField, ok, status } from "../checks.ts";
import type { CountsCheck } from "../counts.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const START = pep3333("The start_response() Callable");
const ERRORS = pep3333("Error Handling");
const WRITE = pep3333("The write() Callable");
const AS_GIVEN = "Status and fields are the application's: what it gives goes out as it is, or not at all.";

const statuses: readonly ExchangeRow[] = [200, 201, 301, 302, 400, 404, 418, 500, 503, 599].map(
  (code): ExchangeRow => ({
    name: `status-${code}`,
    rule: `Status ${code} and its reason go out as the application gave them`,
    source: START,
    why: AS_GIVEN,
    send: { path: `/status/${code}` },
    allow: all(
      status(code),
      check(`the reason "Some Reason"`, (answer) => answer.statusLine.endsWith(`${code} Some Reason`)),
    ),
  }),
);

const fields: readonly ExchangeRow[] = (
  [
    [
      "case",
      "/field-case",
      "The case of a field name stays",
      check("x-LoWeR-CaSe: V", ({ fields: all_ }) =>
        all_.some(([name, value]) => name === "x-LoWeR-CaSe" && value === "V"),
      ),
    ],
    ["empty", "/field-empty", "An empty field value goes out", field("X-Empty", "")],
    ["tab", "/field-tab", "A tab inside a field value goes out", field("X-Tab", "a\tb")],
    ["long", "/field-long", "A field value of 6000 bytes goes out whole", field("X-Big", "v".repeat(6000))],
    [
      "underscore",
      "/field-underscore",
      "A field name with underscores goes out",
      field("X_Under_Score", "u"),
    ],
    ["colon", "/field-colon", "Colons and commas in a field value go out", field("X-Colon", "a: b, c")],
    ["location", "/redirect", "A Location goes out as it is", field("Location", "/a%20b?c=d#e")],
  ] as const
).map(
  ([name, path, rule, allow]): ExchangeRow => ({
    name: `field-${name}`,
    rule,
    source: START,
    why: AS_GIVEN,
    send: { path },
    allow,
  }),
);

const replaced = (code: number): ReturnType<typeof all> => all(status(code), bodyIs("error page"));
const secondRaised: CountsCheck = {
  expected: "the second write() raises",
  holds: ({ note }) => note === "raised",
};

const calls: readonly ExchangeRow[] = [
  {
    name: "error-replaces-head",
    rule: "A second call with the error replaces a head that was not sent, and the body that follows goes out",
    source: ERRORS,
    why: "It is how error pages are made. With uWSGI the page is lost.",
    send: { path: "/start-replaced" },
    allow: all(replaced(500), field("X-Second", "1"), noField("X-First")),
  },
  {
    name: "error-in-first-call",
    rule: "A first call with an error is an ordinary call",
    source: ERRORS,
    why: "Middleware that makes error pages does not know whether it is the first.",
    send: { path: "/start-with-error" },
    allow: replaced(503),
  },
  {
    name: "error-after-body",
    rule: "A call with the error after the body began does not begin a second response",
    source: ERRORS,
    why: "The head is on the wire. What is sent as a second one becomes text in the page.",
    send: { path: "/start-late" },
    allow: all(
      status(200),
      check("the beginning of the body, and no second head", ({ rawBody }) =>
        /^(?!.*(?:HTTP\/|Late|too late)).*started/s.test(rawBody.toString("latin1")),
      ),
    ),
  },
  {
    name: "second-call-raises",
    level: "SHOULD",
    rule: "A second call without an error raises",
    source: START,
    why: "It is an error of the application, and a fatal one.",
    send: { path: "/start-twice" },
    allow: either(ok("raised"), errorStatus(500, 500)),
  },
  {
    name: "never-called",
    rule: "A body without startResponse is answered with 500, and never sent without a head",
    source: START,
    why: "A body without a head is read as a head.",
    send: { path: "/start-never" },
    allow: errorStatus(500, 599),
  },
  ...(
    [
      ["write", "/write", "onetwothree", "What was written goes out before the blocks of the body"],
      ["write-only", "/write-only", "solo", "What was written goes out without any block behind it"],
      ["write-empty", "/write-empty", "tail", "An empty write changes nothing"],
    ] as const
  ).map(
    ([name, path, body, rule]): ExchangeRow => ({
      name,
      rule,
      source: WRITE,
      why: "Old frameworks write.",
      send: { path },
      allow: ok(body),
    }),
  ),
  {
    name: "write-past-length",
    level: "SHOULD",
    rule: "A write() past Content-Length raises",
    source: pep3333("Handling the Content-Length Header"),
    why: "The application learns where it went wrong.",
    send: { path: "/surplus-write/{token}" },
    allow: check("hello, and no byte of world", (answer) => answer.rawBody.toString() === "hello"),
    counts: secondRaised,
  },
  {
    name: "reason-custom",
    rule: "An uncommon status and reason go out as given",
    source: START,
    why: AS_GIVEN,
    send: { path: "/reason-custom" },
    allow: all(
      status(299),
      check("the reason Very Custom Reason", (answer) =>
        answer.statusLine.endsWith("299 Very Custom Reason"),
      ),
    ),
  },
  {
    name: "fields-order",
    rule: "Repeated fields stay apart and in their order",
    source: START,
    why: "Two Set-Cookie that are joined set one broken cookie.",
    send: { path: "/cookies" },
    allow: check("Set-Cookie: a=1, X-Mid: m, Set-Cookie: b=2, in that order", (answer) => {
      const shown = answer.fields.filter(([name]) => /^(?:set-cookie|x-mid)$/i.test(name));
      return shown.map(([, value]) => value).join() === "a=1,m,b=2";
    }),
  },
  {
    name: "fields-200",
    rule: "Two hundred fields all go out",
    source: START,
    why: AS_GIVEN,
    send: { path: "/fields-many" },
    allow: check("X-H0 to X-H199", (answer) =>
      Array.from({ length: 200 }).every((_, n) => answer.field(`X-H${n}`) === String(n)),
    ),
  },
  {
    name: "own-date-and-server",
    rule: "Date and Server of the application go out once each",
    source: rfc9110("6.6.1"),
    why: "A server that adds its own makes two.",
    send: { path: "/own-date" },
    allow: all(field("Date", "Thu, 01 Jan 1970 00:00:00 GMT"), field("Server", "contract")),
  },
  {
    name: "no-body-of-its-own",
    rule: "A response without blocks has no body",
    source: START,
    why: "An error page of the server's making is not the application's.",
    send: { path: "/blocks-none" },
    allow: all(status(200), noBody),
  },
];

export const startResponseCases: readonly WorkerCase[] = exchangeCases("start-response", [
  ...statuses,
  ...fields,
  ...calls,
]);
