import { expect, test } from "vitest";
import { adviceFor } from "../../../src/front/explain/advice.ts";
import { type AdviceRow, expectAdvice } from "../../support/advice.ts";

const file = { path: "/run/app.sock", kind: "socket", mode: "660", uid: 33, gid: 44, ownUid: 1000 } as const;
const connect = (errno: string, more: Partial<AdviceRow["failure"]> = {}): AdviceRow["failure"] => {
  return { code: "UWB_ERR_UPSTREAM_CONNECT", phase: "connect", errno, ...more };
};

const rows: readonly AdviceRow[] = [
  {
    name: "a refused connection",
    failure: connect("ECONNREFUSED"),
    what: "Nobody listens at unix:/run/app.sock",
    next: [
      "Is the worker running? Start it: `uwsgi-bridge worker app.ts --socket unix:/run/app.sock`",
      "not of `http`",
    ],
  },
  {
    name: "a socket file that was left behind",
    failure: connect("ECONNREFUSED", { socketFile: file }),
    what: "was refused",
    next: ["left behind"],
  },
  {
    name: "a missing socket",
    failure: connect("ENOENT", { socketFile: { path: "", kind: "missing" } }),
    what: "There is no socket file /run/app.sock.",
    next: ["Is the worker running?", "same file system"],
  },
  {
    name: "a missing directory",
    failure: connect("ENOENT", { socketFile: { path: "", kind: "no-directory" } }),
    what: "There is no socket file",
    next: ["Its directory does not exist either"],
  },
  {
    name: "a socket of somebody else",
    failure: connect("EACCES", { socketFile: file }),
    what: "may not open the socket /run/app.sock: its mode is 660, owned by user 33, group 44; this process runs as user 1000.",
    next: ["--chmod-socket 660"],
  },
  {
    name: "a closed directory",
    failure: connect("EACCES", { socketFile: { path: "", kind: "hidden" } }),
    what: "a directory above it is closed",
    next: ["(x)"],
  },
  {
    name: "no socket",
    failure: connect("ENOTSOCK"),
    what: "/run/app.sock is not a socket",
    next: ["--socket"],
  },
  {
    name: "an unknown host",
    failure: connect("ENOTFOUND", { phase: "resolve", target: "nowhere.test:1" }),
    what: "The host name of nowhere.test:1 could not be looked up (ENOTFOUND).",
    next: ["getent hosts"],
  },
  {
    name: "names that nobody knows",
    failure: { code: "UWB_ERR_UPSTREAM_UNRESOLVED", phase: "resolve", reason: "no server is known" },
    what: "could not be looked up: no server is known",
    next: ["getent hosts"],
  },
  {
    name: "a name server that is silent",
    failure: connect("EAI_AGAIN", { phase: "resolve" }),
    what: "could not be looked up (EAI_AGAIN)",
    next: ["resolv.conf"],
  },
  { name: "no way", failure: connect("EHOSTUNREACH"), what: "There is no way to", next: ["firewall"] },
  { name: "no descriptor", failure: connect("EMFILE"), what: "No descriptor", next: ["ulimit -n"] },
  { name: "anything else", failure: connect("EWHAT"), what: "could be made (EWHAT)", next: ["running"] },
  {
    name: "a connection that takes too long",
    failure: { code: "UWB_ERR_UPSTREAM_CONNECT_TIMEOUT", phase: "connect" },
    what: "did not accept the connection within 3000 ms",
    next: ["`--connect-timeout` raises"],
  },
  {
    name: "a queue",
    failure: { code: "UWB_ERR_UPSTREAM_BUSY", phase: "queue" },
    what: "none became free within 5000 ms",
    next: ["`--queue-timeout` raise"],
  },
  {
    name: "workers that end",
    failure: { code: "UWB_ERR_UPSTREAM_REFUSED" },
    what: "about to end",
    next: ["every worker"],
  },
];

test.each(rows)("about $name", expectAdvice);

test("about an HTTP server says nothing of uwsgi", () => {
  for (const { failure } of rows) {
    const { next } = adviceFor({
      ...{ status: 502, reason: "why", phase: "connect", target: "a.test:80", isHttp: true },
      ...failure,
    });
    expect(next.join()).not.toMatch(/uwsgi/i);
  }
});
