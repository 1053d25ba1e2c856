import { closes, gatewayError, page, pages, pagesUntilClosed, staysOpen } from "../answer-expectations.ts";
import { both, type Expectation, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { answer, LENGTH, OK, type Script } from "../script.ts";
import { request } from "../template.ts";

const SOURCE = "RFC 9112 section 9.3";
const SLOW = "A new connection for every request doubles the time of a page.";
const MIXED = "An answer that goes to another request is somebody else's page.";

interface ReuseRow {
  readonly name: string;
  readonly rule: string;
  readonly send: string | readonly string[];
  readonly methods?: readonly string[];
  readonly script?: Script;
  readonly scriptOfS?: Script;
  readonly allow: Expectation;
  readonly best?: Expectation;
  readonly level?: "SHOULD";
  readonly source?: string;
}

const CLOSE = "Connection: close⏎";
const TWO = `${request()}${request({ token: "S" })}`;
const ROWS: readonly ReuseRow[] = [
  {
    name: "http-1.1",
    level: "SHOULD",
    rule: "HTTP/1.1 keeps the connection",
    send: request(),
    allow: both(page(200), staysOpen),
  },
  {
    name: "close-asked-for",
    rule: "Connection: close of the client ends the connection behind the answer",
    send: request({ fields: CLOSE }),
    allow: both(page(200), closes),
    source: "RFC 9112 section 9.6",
  },
  {
    name: "close-in-any-case",
    rule: "Options of Connection are read in any case",
    send: request({ fields: "Connection: foo, CLOSE⏎" }),
    allow: both(page(200), closes),
    source: "RFC 9110 section 7.6.1",
  },
  {
    name: "http-1.0",
    rule: "HTTP/1.0 ends the connection behind the answer",
    send: request({ version: "HTTP/1.0" }),
    allow: both(page(200), closes),
  },
  {
    name: "http-1.0-keep-alive",
    rule: "HTTP/1.0 may keep the connection when it is asked to, and then says so",
    send: request({ version: "HTTP/1.0", fields: "Connection: keep-alive⏎" }),
    allow: page(200),
  },
  {
    name: "pipelined",
    rule: "Two requests at once get two answers in order",
    send: TWO,
    methods: ["GET", "GET"],
    allow: pagesUntilClosed("{T}", "{S}"),
    source: "RFC 9112 section 9.3.2",
  },
  {
    name: "pipelined-slow-first",
    rule: "The answers stay in order when the first one is slow",
    send: TWO,
    methods: ["GET", "GET"],
    script: [{ type: "body" }, { type: "pause", ms: 150 }, ...answer(`${OK}${LENGTH}⏎{T}`)],
    allow: pagesUntilClosed("{T}", "{S}"),
    source: "RFC 9112 section 9.3.2",
  },
  {
    name: "pipelined-served",
    level: "SHOULD",
    rule: "Two requests at once are both served",
    send: TWO,
    methods: ["GET", "GET"],
    allow: pages("{T}", "{S}"),
    source: "RFC 9112 section 9.3.2",
  },
  {
    name: "pipelined-behind-post",
    rule: "A request behind a body is served on its own",
    send: `${request({ method: "POST", fields: "Content-Length: 3⏎", body: "abc" })}${request({ token: "S" })}`,
    methods: ["POST", "GET"],
    allow: pagesUntilClosed("{T}", "{S}"),
  },
  {
    name: "pipelined-behind-head",
    rule: "A request behind HEAD gets its own answer",
    send: `${request({ method: "HEAD" })}${request({ token: "S" })}`,
    methods: ["HEAD", "GET"],
    allow: that("an answer without body, then the second", ({ answers, values }) =>
      answers.length < 2 || answers[1]?.body.toString("latin1") === values.tokens.S
        ? undefined
        : "another second body",
    ),
  },
  {
    name: "pipelined-first-fails",
    rule: "A worker that fails for one request does not disturb the next one",
    send: TWO,
    methods: ["GET", "GET"],
    script: answer(""),
    allow: that("an error, then the second answer or the end", ({ answers, end, values }) => {
      const [first, second] = answers;
      if (!first) return end === "open" ? "no answer" : undefined;
      if (first.status < 500) return `first ${first.status}`;
      return second === undefined || second.body.toString("latin1") === values.tokens.S
        ? undefined
        : "another second body";
    }),
  },
  {
    name: "pipelined-second-fails",
    rule: "A worker that fails for one request does not disturb the one before",
    send: TWO,
    methods: ["GET", "GET"],
    scriptOfS: answer(""),
    allow: that("the first answer, then an error or the end", ({ answers, values }) => {
      const [first, second] = answers;
      if (first?.status !== 200 || first.body.toString("latin1") !== values.tokens.T)
        return `first ${first?.status ?? "nothing"}`;
      return second === undefined || second.status >= 500 ? undefined : `second ${second.status}`;
    }),
  },
  {
    name: "one-after-the-other",
    rule: "A request that follows an answer gets its own",
    send: [request(), request({ token: "S" })],
    methods: ["GET", "GET"],
    allow: pagesUntilClosed("{T}", "{S}"),
  },
  {
    name: "behind-gateway-error",
    level: "SHOULD",
    rule: "An error of the worker leaves the client's connection usable",
    send: request(),
    script: answer(""),
    allow: both(gatewayError(), staysOpen),
  },
  {
    name: "behind-404",
    level: "SHOULD",
    rule: "404 of the worker leaves the client's connection usable",
    send: request(),
    script: answer(`HTTP/1.1 404 Not Found⏎${LENGTH}⏎{T}`),
    allow: both(page(404), staysOpen),
  },
  {
    name: "behind-chunks",
    level: "SHOULD",
    rule: "Chunks of the worker leave the client's connection usable",
    send: request(),
    script: answer(`${OK}Transfer-Encoding: chunked⏎⏎f⏎{T}⏎0⏎⏎`),
    allow: both(page(200), staysOpen),
  },
  {
    name: "behind-body-until-close",
    level: "SHOULD",
    rule: "A body without a length leaves the client's connection usable",
    send: request(),
    script: answer(`${OK}⏎{T}`),
    allow: both(page(200), staysOpen),
  },
];

const rows = ROWS.map(
  ({ source = SOURCE, ...row }): FrontRow => ({
    ...row,
    source,
    why: row.name.startsWith("pipelined") ? MIXED : SLOW,
  }),
);

/** Several requests on a connection. */
export const reuseCases: readonly FrontCase[] = frontCases("reuse", rows);
