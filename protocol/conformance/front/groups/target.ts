import { dropped, page, refused } from "../answer-expectations.ts";
import { both, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { matching, oneOf, packet } from "../packet-expectations.ts";

const TARGET = "RFC 9112 section 3.2";
const HOST = "Host: {host}⏎";
const TOKEN = "X-Token: {T}⏎";

const rows: readonly FrontRow[] = [
  {
    name: "relative-target",
    rule: "A target without a slash in front is refused",
    source: TARGET,
    why: "Joined to a mount point it would become another path.",
    send: `GET {T} HTTP/1.1⏎${HOST}⏎`,
    allow: either(refused(400, 404), dropped),
  },
  {
    name: "absolute-form",
    rule: "A target in absolute form is served like its path",
    source: "RFC 9112 section 3.2.2",
    why: "Servers must accept it, although only clients of proxies send it.",
    send: `GET http://{host}{base}/{T}/a?b=c HTTP/1.1⏎${HOST}⏎`,
    allow: both(
      page(200),
      packet({ vars: { PATH_INFO: matching(/^\/.*\/a$|^\/cft[0-9a-f]+\/a$/), QUERY_STRING: "b=c" } }),
    ),
  },
  {
    name: "absolute-form-other-host",
    rule: "The host of an absolute target replaces Host, or the two may not differ",
    source: "RFC 9112 section 3.2.2",
    why: "A front that routes by one and passes on the other sends a request to the wrong site.",
    send: `GET http://other.test{base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: either(both(page(200), packet({ vars: { HTTP_HOST: "other.test" } })), refused(400, 404, 421)),
  },
  {
    name: "absolute-form-without-path",
    rule: "An absolute target without a path asks for /",
    source: "RFC 9112 section 3.2.1",
    why: "An empty path would be no request target any more.",
    send: `GET http://{host} HTTP/1.1⏎${HOST}${TOKEN}⏎`,
    allow: either(both(page(200), packet({ vars: { PATH_INFO: oneOf("/", "") } })), refused(400, 404)),
  },
  {
    name: "userinfo-in-target",
    level: "SHOULD",
    rule: "A target with a user name is refused",
    source: "RFC 9110 section 4.2.4",
    why: "It is used to make a link look as if it went elsewhere.",
    send: `GET http://u:p@{host}{base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: refused(400),
  },
  {
    name: "ftp-target",
    level: "SHOULD",
    rule: "A target of another scheme is refused",
    source: "RFC 9110 section 7.4",
    why: "The front is not responsible for such resources.",
    send: `GET ftp://{host}{base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: refused(400, 404, 421),
  },
  ...["7f", "01", "00", "0b"].map(
    (hex): FrontRow => ({
      name: `byte-${hex}-in-target`,
      rule: `The byte ${hex} in a target is refused`,
      source: TARGET,
      why: "Control characters travel from there into logs, redirects and vars.",
      send: `GET {base}/{T}${String.fromCharCode(Number.parseInt(hex, 16))}y HTTP/1.1⏎${HOST}⏎`,
      allow: either(refused(400), dropped),
    }),
  ),
  {
    name: "utf-8-in-target",
    rule: "Bytes above ASCII in a target arrive as they are, or are refused",
    source: "RFC 3986 section 2",
    why: "A front that changes them asks for another page.",
    send: `GET {base}/{T}\xc3\xa9 HTTP/1.1⏎${HOST}⏎`,
    allow: either(both(page(200), packet({ vars: { PATH_INFO: matching(/\xc3\xa9$/) } })), refused(400)),
    best: refused(400),
  },
  {
    name: "fragment-in-target",
    level: "SHOULD",
    rule: "A # in a target is refused",
    source: "RFC 9112 section 3.2",
    why: "Programs disagree whether the path ends there.",
    send: `GET {base}/{T}#x HTTP/1.1⏎${HOST}⏎`,
    allow: refused(400),
  },
];

/** The forms of a request target. */
export const targetCases: readonly FrontCase[] = frontCases("target", rows);
