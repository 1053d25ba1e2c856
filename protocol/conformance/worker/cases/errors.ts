import { failed, passed } from "../../case.ts";
import { pep3333, spec } from "../../sources.ts";
import {
  all,
  bodyIs,
  type Check,
  check,
  closes,
  either,
  errorStatus,
  noField,
  ok,
  visiblyCut,
} from "../checks.ts";
import { closedOnce } from "../counts.ts";
import { requestBytes } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, scriptCases, type WorkerCase } from "../worker-case.ts";

const SILENCE = spec("9");
const CUT = spec("8");
const ERRORS = pep3333("Error Handling");
const NOT_SILENT =
  "Silence can mean seven things, and the front can only say 502; an empty 200 is a page that is wrong.";

const noPage: Check = check(
  "no 200 that looks whole",
  (answer) => answer.status !== 200 || (visiblyCut.fault(answer) === undefined && answer.ending !== "open"),
);

const beforeHead: readonly ExchangeRow[] = (
  [
    ["raise", "An application that fails before startResponse"],
    ["raise-started", "An application that fails after startResponse and before its body"],
    ["raise-first", "A body that fails before its first block"],
    ["yields-text", "A body that yields text where bytes are due"],
    ["returns-text", "An application that returns a string"],
    ["returns-none", "An application that returns nothing"],
  ] as const
).flatMap(([route, who]): ExchangeRow[] => [
  {
    name: `${route}-no-page`,
    rule: `${who} does not give a page that looks whole`,
    source: ERRORS,
    why: "A cache keeps it, a client believes it.",
    send: { path: `/${route}` },
    allow: noPage,
  },
  {
    name: `${route}-500`,
    level: "SHOULD",
    rule: `${who} gives status 500`,
    source: SILENCE,
    why: NOT_SILENT,
    send: { path: `/${route}` },
    allow: errorStatus(500, 500),
  },
]);

export const errorCases: readonly WorkerCase[] = [
  ...exchangeCases("errors", [
    ...beforeHead,
    {
      name: "fields-of-failed-head",
      level: "SHOULD",
      rule: "The fields of a head that was given up are not part of the error page",
      source: ERRORS,
      why: "A Set-Cookie or a Content-Encoding that belonged to the page makes the error page wrong.",
      send: { path: "/raise-started" },
      allow: all(errorStatus(500, 500), noField("X-Early")),
    },
    {
      name: "no-trace-in-page",
      level: "SHOULD",
      rule: "The error page tells nothing of the application's inside",
      source: ERRORS,
      why: "A stack names files, versions and sometimes values.",
      send: { path: "/raise" },
      allow: all(
        errorStatus(500, 599),
        check(
          "no stack and no message of the error",
          (answer) => !/Traceback|contract app fails|app\.(?:py|ts|js)|\bat .*:\d+/.test(answer.text),
        ),
      ),
    },
    {
      name: "fails-later-unsized",
      rule: "A body without a length that fails ends in a reset",
      source: CUT,
      why: "After an orderly close half a page is a whole one: nginx ends it with its last chunk, and caches keep it.",
      send: { path: "/raise-later" },
      allow: all(
        check(
          "the beginning of the body",
          (answer) => answer.status === 200 && answer.text.startsWith("part"),
        ),
        visiblyCut,
      ),
      transports: ["tcp"],
    },
    {
      name: "fails-later-stops",
      rule: "A body that fails ends there, and the connection with it",
      source: CUT,
      why: "An error page behind half a page is part of the page.",
      send: { path: "/raise-later" },
      allow: all(
        check(
          "nothing behind the part",
          (answer) => answer.rawBody.toString("latin1") === "part" || answer.isChunked,
        ),
        closes,
      ),
    },
    {
      name: "fails-later-sized",
      rule: "A body with a length that fails stays short of it, and the connection ends",
      source: CUT,
      why: "The length is what shows that something is missing: nothing may fill it up.",
      send: { path: "/raise-sized" },
      allow: all(
        check(
          "part of eight bytes",
          (answer) => answer.text === "part" && answer.field("Content-Length") === "8",
        ),
        closes,
      ),
    },
    {
      name: "yields-number-stops",
      rule: "A block that is no bytes ends the body there",
      source: ERRORS,
      why: "Leaving it out joins what stood around it: a page that nobody wrote.",
      send: { path: "/yields-number" },
      allow: either(
        check("the page a", (answer) => answer.rawBody.toString("latin1") === "a"),
        errorStatus(500, 599),
        visiblyCut,
      ),
    },
    {
      name: "closes-after-failure",
      rule: "close() is called once when the body fails",
      source: pep3333("Specification Details"),
      why: "Connections to databases hang on it.",
      send: { path: "/raise-closing/{token}" },
      allow: check("a body short of its length", (answer) => answer.rawBody.length < 8),
      counts: closedOnce,
    },
    {
      name: "closes-after-success",
      rule: "close() is called once when the body was sent",
      source: pep3333("Specification Details"),
      why: "Connections to databases hang on it.",
      send: { path: "/closing/{token}" },
      allow: ok("ab"),
      counts: closedOnce,
    },
    {
      name: "failure-in-close",
      rule: "A close() that fails does not spoil the response before it",
      source: pep3333("Specification Details"),
      why: "The page was whole.",
      send: { path: "/raise-in-close" },
      allow: all(
        bodyIs("whole"),
        check("an orderly end", (answer) => answer.ending === "fin" || answer.isWhole("GET")),
      ),
    },
    {
      name: "unknown-route",
      rule: "A 404 of the application is the application's",
      source: pep3333("The start_response() Callable"),
      why: "Statuses above 399 are answers like any other.",
      send: { path: "/no/such/route" },
      allow: all(errorStatus(404, 404), bodyIs("no such route\n")),
      routes: [],
    },
  ]),
  ...scriptCases("errors", [
    {
      name: "serves-on",
      rule: "After failures of the application the worker serves the next request",
      source: ERRORS,
      why: "One bad page must not take the others with it.",
      routes: ["raise", "raise-later", "yields-text", "hello"],
      story: "Sent: three requests that fail, then an ordinary one. Allowed: 200 hello to the last.",
      run: async (context) => {
        for (const path of ["/raise", "/raise-later", "/yields-text"]) {
          await context.exchange(requestBytes({ path }, context.token));
        }
        const answer = await context.exchange(requestBytes({ path: "/hello" }, context.token));
        const fault = either(ok("hello")).fault(answer);
        return fault === undefined ? passed("200 hello") : failed("200 hello", fault, answer.bytes);
      },
    },
  ]),
];
