import { pep3333, rfc9110, spec } from "../../sources.ts";
import { check, errorStatus } from "../checks.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const START = pep3333("The start_response() Callable");
const INJECTION = "Whoever supplies a part of the value writes fields, or a whole second response.";

const injections: readonly ExchangeRow[] = [
  ["field-crlf", "CR LF in a field value"],
  ["field-lf", "LF in a field value"],
  ["field-cr", "CR in a field value"],
  ["field-nul", "NUL in a field value"],
  ["status-crlf", "CR LF in the status"],
  ["name-crlf", "CR LF in a field name"],
  ["name-space", "a space in a field name"],
  ["name-colon", "a colon in a field name"],
  ["name-empty", "an empty field name"],
].map(
  ([name = "", what = ""]): ExchangeRow => ({
    name: `refuses-${name}`,
    rule: `A response with ${what} does not reach the wire`,
    source: name.startsWith("name") ? rfc9110("5.1") : rfc9110("5.5"),
    why: INJECTION,
    send: { path: `/${name}` },
    allow: check(
      "no such field or status: an error status, no answer, or the character taken out",
      (answer) => {
        if (answer.isEmpty) return answer.ending !== "open";
        const head = answer.bytes.toString("latin1").split(/\r\n\r\n/)[0] ?? "";
        const isClean =
          !/[\0\n]|\r(?!$)/.test(head.replaceAll("\r\n", "")) && !/\r\n(?:X Bad|X-Bad::|:)/.test(head);
        const isAnswer = (answer.status ?? 0) >= 400 || answer.text === "x";
        return isClean && isAnswer && answer.field("X-Injected") === undefined;
      },
    ),
  }),
);

const refusals: readonly ExchangeRow[] = (
  [
    ["status-bare", "A status without a reason is refused with 500", START],
    ["status-text", "A status without a number is refused with 500", START],
    ["field-wide", "A field value above U+00FF is refused with 500", pep3333("Unicode Issues")],
    ["field-number", "A field value that is no string is refused with 500", START],
    ["field-crlf", "A field value with CR LF is refused with 500", START],
    ["name-space", "A field name with a space is refused with 500", START],
    ["status-crlf", "A status with CR LF is refused with 500", START],
    ["field-status", "A field named Status is refused with 500", START],
    [
      "hop-transfer-encoding",
      "A Transfer-Encoding of the application is refused with 500",
      pep3333("Other HTTP Features"),
    ],
    ["hop-upgrade", "An Upgrade of the application is refused with 500", pep3333("Other HTTP Features")],
    ["hop-connection", "A Connection of the application is refused with 500", pep3333("Other HTTP Features")],
    ["hop-keep-alive", "A Keep-Alive of the application is refused with 500", pep3333("Other HTTP Features")],
    ["status-100", "A final status of 100 is refused with 500", spec("5.8")],
    ["status-101", "A status of 101 that nobody asked for is refused with 500", spec("5.6")],
    ["length-junk", "A Content-Length of abc is refused with 500", rfc9110("8.6")],
    ["length-negative", "A Content-Length of -5 is refused with 500", rfc9110("8.6")],
    ["length-conflict", "Two different Content-Length are refused with 500", rfc9110("8.6")],
  ] as const
).map(
  ([route, rule, source]): ExchangeRow => ({
    name: `${route}-500`,
    level: "SHOULD",
    rule,
    source,
    why: "A fault of the application is told where it is made, not by a front that can not read the response.",
    send: { path: `/${route}` },
    allow: errorStatus(500, 500),
  }),
);

export const startResponseFaultCases: readonly WorkerCase[] = exchangeCases("start-response", [
  ...injections,
  ...refusals,
]);
