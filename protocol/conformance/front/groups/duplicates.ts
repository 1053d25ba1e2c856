import { page, refused } from "../answer-expectations.ts";
import { both, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { packet, type VarRule } from "../packet-expectations.ts";
import { request } from "../template.ts";

const SOURCE = "protocol/README.md section 3.2";
const LISTS = "RFC 9110 section 5.3";

/** Joined in one var, or one var per field in order. */
function inOrder(separators: readonly string[], ...values: readonly string[]): VarRule {
  return (got) => {
    if (JSON.stringify(got) === JSON.stringify(values)) return undefined;
    if (got.length === 1 && separators.some((separator) => got[0] === values.join(separator)))
      return undefined;
    return JSON.stringify(got);
  };
}

/** One of the values, or refused: a second one may not be invented from both. */
const SINGLETONS = ["Authorization", "Content-Type", "User-Agent", "Referer", "If-Modified-Since", "Range"];

const rows: readonly FrontRow[] = [
  {
    name: "list",
    rule: "Repeated fields are joined in order, or sent as repeated vars",
    source: LISTS,
    why: "A front that keeps one of them loses what the others say.",
    send: request({ fields: "X-Many: 1⏎X-Other: x⏎X-Many: 2, 3⏎x-many: 4⏎" }),
    allow: both(page(200), packet({ vars: { HTTP_X_MANY: inOrder([", ", ","], "1", "2, 3", "4") } })),
  },
  {
    name: "list-once",
    level: "SHOULD",
    rule: "Repeated fields become one var",
    source: SOURCE,
    why: "uWSGI and gunicorn give an application the last of several vars only.",
    send: request({ fields: "X-Many: 1⏎X-Many: 2⏎" }),
    allow: both(page(200), packet({ vars: { HTTP_X_MANY: "1, 2" } })),
  },
  {
    name: "cookie",
    rule: "Repeated cookies are all passed on, in order",
    source: "RFC 9113 section 8.2.3",
    why: "Sessions are lost.",
    send: request({ fields: "Cookie: a=1⏎Cookie: b=2⏎" }),
    allow: both(page(200), packet({ vars: { HTTP_COOKIE: inOrder(["; ", ", "], "a=1", "b=2") } })),
  },
  {
    name: "cookie-with-semicolons",
    level: "SHOULD",
    rule: "Repeated cookies are joined with a semicolon",
    source: SOURCE,
    why: "A comma belongs to the value of a cookie, and can not be taken out again.",
    send: request({ fields: "Cookie: a=1⏎Cookie: b=2⏎" }),
    allow: both(page(200), packet({ vars: { HTTP_COOKIE: "a=1; b=2" } })),
  },
  {
    name: "accept",
    rule: "Repeated Accept fields keep their order",
    source: LISTS,
    why: "Their order can decide which page it is.",
    send: request({ fields: "Accept: text/a⏎Accept: text/b⏎" }),
    allow: both(page(200), packet({ vars: { HTTP_ACCEPT: inOrder([", ", ","], "text/a", "text/b") } })),
  },
  ...SINGLETONS.map((name): FrontRow => {
    const key = name === "Content-Type" ? "CONTENT_TYPE" : `HTTP_${name.toUpperCase().replaceAll("-", "_")}`;
    return {
      name: name.toLowerCase(),
      level: "SHOULD",
      rule: `A second ${name} is refused, or does not replace the first`,
      source: LISTS,
      why: "The field makes sense once; who checks one and uses the other is deceived.",
      send: request({ fields: `${name}: a/1⏎${name}: b/2⏎` }),
      allow: either(refused(400), both(page(200), packet({ vars: { [key]: "a/1" } }))),
    };
  }),
  {
    name: "forwarded-for",
    rule: "What a client says in X-Forwarded-For does not stand behind what the front says",
    source: "RFC 7239 section 8.1",
    why: "Applications take the last address for the one the front saw.",
    send: request({ fields: "X-Forwarded-For: 6.6.6.6⏎X-Forwarded-For: 7.7.7.7⏎" }),
    allow: both(
      page(200),
      packet({
        vars: {
          REMOTE_ADDR: (values) =>
            values.some((value) => /[67]\.[67]/.test(value)) ? "is what the client said" : undefined,
        },
      }),
    ),
  },
];

/** Fields that come more than once. */
export const duplicateCases: readonly FrontCase[] = frontCases("duplicates", rows);
