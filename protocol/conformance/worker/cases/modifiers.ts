import { failed, passed } from "../../case.ts";
import { spec } from "../../sources.ts";
import { check, closedSilently, either, errorStatus, ok, refused } from "../checks.ts";
import { notCalled } from "../counts.ts";
import { jsonHas } from "../json-checks.ts";
import { rawBytes, rawPacket, requestBytes } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, scriptCases, type WorkerCase } from "../worker-case.ts";

const GROUP = "ping-and-modifiers";
const MODIFIERS = spec("6");

const PONG = Buffer.from("64000001", "hex");
const isPong = check("the pong 64 00 00 01", (answer) => answer.bytes.subarray(0, 4).equals(PONG));
/** Packets of modifier1 255 answer packets of the kinds that are no requests. */
const isGenericAnswer = check(
  "a packet ff 00 00 and a status",
  ({ bytes }) => bytes.length >= PONG.length && bytes[0] === 255,
);
const DANGEROUS = "A packet from the application port should not be able to do more than ask for a page.";

/** A shell command that prints a WSGI application. */
const HARMLESS = String.raw`printf 'def application(e, s):\n s("200 OK", [])\n return [b"obeyed"]\n'`;

const unknown: readonly ExchangeRow[] = (
  [
    [17, "spooler", "a job for the spooler"],
    [22, "eval", "code to evaluate"],
    [31, "unassigned-31", "nothing"],
    [72, "raw-http", "raw HTTP, which is only defined"],
    [110, "signal", "a signal to the processes of the server"],
    [173, "rpc", "a remote call"],
    [200, "close-mark", "the end of a persistent connection"],
    [224, "subscription", "a subscription of a server to a router"],
    [250, "unassigned-250", "nothing"],
    [255, "generic-answer", "an answer, not a request"],
  ] as const
).map(
  ([modifier1, name, meaning]): ExchangeRow => ({
    name: `modifier1-${name}`,
    rule: `A packet of modifier1 ${modifier1} does not reach the application`,
    source: MODIFIERS,
    why: `modifier1 ${modifier1} means ${meaning}. ${DANGEROUS}`,
    send: { path: "/call/{token}", modifier1 },
    allow: either(closedSilently, errorStatus(400, 599), isGenericAnswer),
    packet: true,
    counts: notCalled,
  }),
);

const requestModifiers: readonly ExchangeRow[] = [5, 6, 7, 8, 9, 14, 15].map(
  (modifier1): ExchangeRow => ({
    name: `modifier1-${modifier1}`,
    level: "MAY",
    rule: `A packet of modifier1 ${modifier1} is served as a request`,
    source: MODIFIERS,
    why: "Fronts are configured with the modifier of another language and still mean the one application that is there.",
    send: { path: "/hello", modifier1 },
    allow: ok("hello"),
  }),
);

export const modifierCases: readonly WorkerCase[] = [
  ...exchangeCases(GROUP, [
    {
      name: "ping-answered",
      level: "SHOULD",
      rule: "A ping is answered with modifier2 1",
      source: MODIFIERS,
      why: "Monitors and routers ask so. Without an answer they take the server for dead.",
      packet: true,
      send: () => rawPacket([100, 0], 0),
      allow: isPong,
    },
    {
      name: "ping-answered-or-closed",
      rule: "A ping is answered with a pong, refused or closed, and never runs the application",
      source: MODIFIERS,
      why: "A page in answer to a ping is read as a broken packet.",
      packet: true,
      send: () => rawPacket([100, 0], 0),
      allow: either(isPong, errorStatus(400, 599), closedSilently),
    },
    {
      name: "ping-with-vars",
      rule: "A ping with vars does not run the application",
      source: MODIFIERS,
      why: "The vars of a ping are a warning text at most, never a request.",
      packet: true,
      send: { path: "/call/{token}", modifier1: 100 },
      allow: either(isPong, errorStatus(400, 599), closedSilently),
      counts: notCalled,
    },
    {
      name: "modifier2-ignored",
      rule: "modifier2 of a request does not matter",
      source: MODIFIERS,
      why: "Routers overwrite it.",
      send: { path: "/hello", modifier2: 7 },
      allow: ok("hello"),
    },
    {
      name: "modifier2-no-size",
      rule: "modifier2 is no third byte of the size",
      source: MODIFIERS,
      why: "Old documentation promised sizes of 24 bits. A reader that believes it waits for 65536 bytes more.",
      send: { path: "/hello", modifier2: 1 },
      allow: ok("hello"),
    },
    {
      name: "modifier1-30",
      level: "SHOULD",
      rule: "A packet of modifier1 30 is served as a request",
      source: MODIFIERS,
      why: "Configurations of nginx with uwsgi_modifier1 30 are still about.",
      send: { path: "/hello", modifier1: 30 },
      allow: ok("hello"),
    },
    {
      name: "modifier1-30-24-bit",
      rule: "modifier1 30 with modifier2 1 does not make a server wait for more",
      source: MODIFIERS,
      why: "The one modifier for which the third byte was documented.",
      send: { path: "/hello", modifier1: 30, modifier2: 1 },
      allow: either(ok("hello"), refused),
    },
    {
      name: "persistence-offered",
      rule: "An offer to keep the connection does not change the page",
      source: spec("10"),
      why: "The offer is a modifier2 and a var, made so that who does not know it ignores both.",
      send: { path: "/hello", modifier2: 200, vars: { UWSGI_BRIDGE_PERSIST: "1" } },
      allow: ok("hello"),
    },
    ...unknown,
    {
      name: "unknown-closed-silently",
      level: "SHOULD",
      rule: "An unknown modifier is closed without a byte",
      source: MODIFIERS,
      why: "The peer does not expect HTTP: its protocol is another one. Clients of uWSGI know the close.",
      send: () => rawPacket([250, 0], 0),
      allow: closedSilently,
    },
    ...requestModifiers,
    ...["UWSGI_FILE", "UWSGI_SCRIPT", "UWSGI_MODULE", "UWSGI_CHDIR", "UWSGI_HOME", "UWSGI_SETENV"].map(
      (name): ExchangeRow => ({
        name: `magic-${name.slice(6).toLowerCase()}`,
        level: "SHOULD",
        rule: `${name} in a packet changes nothing`,
        source: spec("11"),
        why: "uWSGI obeys it: whoever may send a packet may run code.",
        send: { path: "/hello", vars: { [name]: name === "UWSGI_SETENV" ? "A=1" : "/nonexistent/evil" } },
        allow: ok("hello"),
      }),
    ),
    {
      name: "magic-file-for-new-app",
      rule: "UWSGI_FILE for an application that is not loaded yet loads nothing",
      source: spec("11"),
      why: "With UWSGI_APPID uWSGI takes the request for one to an application it does not have, and loads what UWSGI_FILE names: exec:// in it runs a command. Here the command is a printf of a harmless application.",
      send: (token) =>
        requestBytes(
          { path: "/hello", vars: { UWSGI_APPID: token, UWSGI_FILE: `exec://${HARMLESS}` } },
          token,
        ),
      allow: ok("hello"),
    },
    {
      name: "magic-scheme",
      level: "SHOULD",
      rule: "UWSGI_SCHEME does not decide the scheme",
      source: spec("11"),
      why: "HTTPS and REQUEST_SCHEME say it in every server.",
      send: { path: "/gateway", vars: { UWSGI_SCHEME: "https" } },
      allow: jsonHas({ scheme: "http" }),
    },
    {
      name: "document-root",
      rule: "DOCUMENT_ROOT and a path of the system do not make a worker send a file",
      source: spec("11"),
      why: "The vars describe a request; which files are served is for the configuration to say.",
      send: { path: "/passwd", vars: { DOCUMENT_ROOT: "/etc", PATH_TRANSLATED: "/etc/passwd" } },
      allow: refused,
      routes: [],
    },
    {
      name: "scheme-from-vars-only-https",
      level: "SHOULD",
      rule: "HTTP_X_FORWARDED_PROTO, which any client can send, does not decide the scheme",
      source: spec("9"),
      why: "With uWSGI a client makes itself secure by saying so.",
      send: { path: "/gateway", vars: { HTTP_X_FORWARDED_PROTO: "https" } },
      allow: jsonHas({ scheme: "http" }),
    },
  ]),
  ...scriptCases(GROUP, [
    {
      name: "request-after-ping",
      rule: "Bytes behind a ping are no request",
      source: MODIFIERS,
      why: "One connection, one packet: what follows was written by somebody else.",
      routes: ["call", "counts"],
      story:
        "Sent: a ping and a whole request in one write. Allowed: anything but a page; the application is not called.",
      run: async (context) => {
        const request = requestBytes({ path: "/call/{token}" }, context.token).bytes;
        const bytes = rawBytes(rawPacket([100, 0], 0).bytes, request);
        const answer = await context.exchange({ bytes, method: "GET" });
        const counts = await context.exchange(requestBytes({ path: "/counts/{token}" }, context.token));
        if (!/"calls": ?0\b/.test(counts.text))
          return failed("no call", `counts ${counts.text}`, answer.bytes);
        return passed("the request was dropped");
      },
    },
  ]),
];
