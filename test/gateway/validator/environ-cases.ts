import type { Application, Environ } from "../../../src/gateway/types.ts";
import type { LintId } from "../../../src/gateway/validator/rules.ts";
import { validator } from "../../../src/gateway/validator/validator.ts";
import { type Case, hello, type Lab, newEnviron, newStartResponse, setting } from "./lab.ts";

/** How a server, or middleware, gets the call and the environ wrong. */
export const environCases: readonly Case[] = [
  {
    id: "S01",
    what: "no startResponse",
    found: "1 argument",
    provoke: (lab) => Reflect.apply(lab.wrap(hello), undefined, [newEnviron()]),
  },
  {
    id: "S01",
    what: "a third argument",
    found: "3 arguments",
    provoke: (lab) =>
      Reflect.apply(lab.wrap(hello), undefined, [newEnviron(), newStartResponse(), () => undefined]),
  },
  {
    id: "S02",
    what: "an object like Node's response",
    found: "an object (Object)",
    provoke: (lab) =>
      Reflect.apply(lab.wrap(hello), undefined, [newEnviron(), { writeHead: () => undefined }]),
  },
  { id: "S03", what: "null", found: "null", provoke: (lab) => served(lab, null) },
  { id: "S03", what: "a string", found: "a string", provoke: (lab) => served(lab, "GET /") },
  { id: "S03", what: "a Map", found: "an object (Map)", provoke: (lab) => served(lab, new Map()) },
  { id: "S03", what: "an array", found: "an array", provoke: (lab) => served(lab, []) },
  {
    id: "S03",
    what: "an instance of a class",
    found: "an object (Request)",
    provoke: (lab) => served(lab, Object.assign(new Request("http://example.test"), newEnviron())),
  },
  {
    id: "S03",
    what: "one that inherits from another environ",
    found: "an object (no prototype)",
    provoke: (lab) => served(lab, Object.create(newEnviron())),
  },
  {
    id: "S04",
    what: "a frozen one",
    found: "an object that takes no new keys",
    provoke: (lab) => lab.serve(Object.freeze),
  },
  {
    id: "S04",
    what: "one that takes no new keys",
    found: "an object that takes no new keys",
    provoke: (lab) => lab.serve(Object.preventExtensions),
  },
  {
    id: "S04",
    what: "a read-only key",
    found: 'the read-only key "wsgi.input"',
    provoke: (lab) =>
      lab.serve((environ) => {
        Object.defineProperty(environ, "wsgi.input", { writable: false });
      }),
  },
  {
    id: "S04",
    what: "a getter without a setter",
    found: 'the read-only key "PATH_INFO"',
    provoke: (lab) =>
      lab.serve((environ) => {
        Object.defineProperty(environ, "PATH_INFO", { get: () => "/", enumerable: true });
      }),
  },
  {
    id: "S32",
    what: "the environ of the request before",
    found: "that of an earlier request",
    provoke: (lab) => {
      const app = lab.wrap(hello);
      const environ = newEnviron();
      void app(environ, newStartResponse());
      void app(environ, newStartResponse());
    },
  },
  ...[
    "REQUEST_METHOD",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "wsgi.version",
    "wsgi.url_scheme",
    "wsgi.input",
    "wsgi.errors",
    "wsgi.multithread",
    "wsgi.multiprocess",
    "wsgi.run_once",
  ].map((key) => spoilt("S05", `no ${key}`, { [key]: undefined })),
  ...["REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"].map((key) =>
    spoilt("S06", `${key} empty`, { [key]: "" }),
  ),
  spoilt("S07", 'null at "REMOTE_USER"', { REMOTE_USER: null }),
  spoilt("S07", 'a number at "SERVER_PORT"', { SERVER_PORT: 80 }),
  spoilt("S07", 'an array at "HTTP_COOKIE"', { HTTP_COOKIE: ["a=1", "b=2"] }),
  {
    id: "S07",
    what: "undefined for a missing value",
    found: 'undefined at "HTTP_ACCEPT"',
    provoke: (lab) =>
      lab.serve((environ) => {
        environ["HTTP_ACCEPT"] = undefined;
      }),
  },
  spoilt("S08", 'U+20AC at index 5 of "HTTP_X_PRICE"', { HTTP_X_PRICE: "cost \u20ac 5" }),
  spoilt("S08", 'U+0100 at index 1 of "PATH_INFO"', { PATH_INFO: "/\u0100" }),
  spoilt("S08", 'U+FFFD at index 0 of "X\\u20ac"', { "X\u20ac": "\ufffd" }),
  spoilt("S09", '"My-Server.thing"', { "My-Server.thing": 1 }),
  spoilt("S10", "HTTP_CONTENT_TYPE", { HTTP_CONTENT_TYPE: "text/plain" }),
  spoilt("S10", "HTTP_CONTENT_LENGTH", { HTTP_CONTENT_LENGTH: "5" }),
  spoilt("S11", '"GET /"', { REQUEST_METHOD: "GET /" }),
  spoilt("S12", '"get"', { REQUEST_METHOD: "get" }),
  spoilt("S13", '"app"', { SCRIPT_NAME: "app" }),
  spoilt("S14", '"/"', { SCRIPT_NAME: "/", PATH_INFO: "" }),
  spoilt("S15", '"/app/"', { SCRIPT_NAME: "/app/", PATH_INFO: "" }),
  spoilt("S16", '"index"', { PATH_INFO: "index" }),
  spoilt("S16", '"http://example.test/"', { PATH_INFO: "http://example.test/" }),
  spoilt("S16", '"*"', { PATH_INFO: "*" }),
  spoilt("S16", '"*x"', { PATH_INFO: "*x", REQUEST_METHOD: "OPTIONS" }),
  spoilt("S17", "no PATH_INFO and no SCRIPT_NAME", { SCRIPT_NAME: "", PATH_INFO: undefined }),
  spoilt("S17", "no PATH_INFO and no SCRIPT_NAME", { SCRIPT_NAME: undefined, PATH_INFO: undefined }),
  spoilt("S18", "no such key", { QUERY_STRING: undefined }),
  spoilt("S19", '"abc"', { CONTENT_LENGTH: "abc" }),
  spoilt("S19", '"-5"', { CONTENT_LENGTH: "-5" }),
  spoilt("S19", '"1234567890123456"', { CONTENT_LENGTH: "1234567890123456" }),
  spoilt("S22", '"http"', { SERVER_PORT: "http" }),
  spoilt("S22", '"example.test:80"', { SERVER_PORT: "example.test:80" }),
  spoilt("S22", '"80 "', { SERVER_PORT: "80 " }),
  spoilt("S23", '"1.1"', { SERVER_PROTOCOL: "1.1" }),
  spoilt("S23", '"HTTP/1.1 "', { SERVER_PROTOCOL: "HTTP/1.1 " }),
  spoilt("S33", '"::1"', { SERVER_NAME: "::1" }),
  spoilt("S33", '"_"', { SERVER_NAME: "_" }),
  spoilt("S33", '"*.example.test"', { SERVER_NAME: "*.example.test" }),
  spoilt("S33", '"~^www\\\\d"', { SERVER_NAME: "~^www\\d" }),
  spoilt("S33", '".example.test"', { SERVER_NAME: ".example.test" }),
  spoilt("S33", '"example.test:80"', { SERVER_NAME: "example.test:80" }),
  spoilt("S24", "[1]", { "wsgi.version": [1] }),
  spoilt("S24", "[1, 0, 0]", { "wsgi.version": [1, 0, 0] }),
  spoilt("S24", '["1", "0"]', { "wsgi.version": ["1", "0"] }),
  spoilt("S24", '"1.0"', { "wsgi.version": "1.0" }),
  spoilt("S25", '"HTTPS"', { "wsgi.url_scheme": "HTTPS" }),
  spoilt("S25", "null", { "wsgi.url_scheme": null }),
  ...[
    "wsgi.multithread",
    "wsgi.multiprocess",
    "wsgi.run_once",
    "wsgi.input_terminated",
    "uwsgi_bridge.concurrent",
  ].map((key) => spoilt("S26", `a number at ${key}`, { [key]: 1 })),
  spoilt("S27", "one without read", { "wsgi.input": ["body"] }),
  ...["read", "readline", "readlines", "chunks"].map((name) =>
    spoilt("S27", `one without ${name}`, { "wsgi.input": partOf("wsgi.input", name) }),
  ),
  spoilt("S27", "one without Symbol(Symbol.asyncIterator)", {
    "wsgi.input": partOf("wsgi.input", Symbol.asyncIterator),
  }),
  spoilt("S27", "one without remaining", { "wsgi.input": partOf("wsgi.input", "remaining") }),
  spoilt("S27", '"body"', { "wsgi.input": "body" }),
  spoilt("S27", "null", { "wsgi.input": null }),
  ...["write", "writelines", "flush"].map((name) =>
    spoilt("S28", `one without ${name}`, { "wsgi.errors": partOf("wsgi.errors", name) }),
  ),
  spoilt("S28", "a function", { "wsgi.errors": () => undefined }),
  spoilt("S28", "null", { "wsgi.errors": null }),
  spoilt("S29", "a boolean", { "wsgi.file_wrapper": true }),
  spoilt("S30", "an object (Set)", { "uwsgi_bridge.response_finished": new Set() }),
  spoilt("S31", "an object (AbortController)", { "uwsgi_bridge.signal": new AbortController() }),
  {
    id: "A66",
    what: "a number from middleware",
    found: 'a number at "SERVER_PORT"',
    provoke: (lab) => between(lab, (environ) => ({ ...environ, SERVER_PORT: 80 })),
  },
  {
    id: "A66",
    what: "a value that middleware emptied in place",
    found: 'undefined at "HTTP_COOKIE"',
    provoke: (lab) =>
      between(lab, (environ) => {
        environ["HTTP_COOKIE"] = undefined;
        return environ;
      }),
  },
  {
    id: "A01",
    what: "an object with a fetch method",
    found: "an object (Object)",
    provoke: () => validator({ fetch: () => undefined } as unknown as Application),
  },
];

/** An environ with these entries. */
function spoilt(id: LintId, found: string, entries: Readonly<Record<string, unknown>>): Case {
  return { id, what: found, found, provoke: (lab) => lab.serve(setting(entries)) };
}

function served(lab: Lab, environ: unknown): unknown {
  return lab.call(hello, environ as Environ);
}

/** A validator on each side of middleware that changes the environ. */
function between(lab: Lab, change: (environ: Environ) => object): unknown {
  const inner = lab.wrap(hello);
  return lab.call((environ, startResponse) => inner(change(environ) as Environ, startResponse));
}

/** A stream that lacks one of its methods. */
function partOf(key: "wsgi.input" | "wsgi.errors", missing: string | symbol): object {
  const stream = newEnviron()[key];
  const names = [
    "read",
    "readline",
    "readlines",
    "chunks",
    "write",
    "writelines",
    "flush",
    Symbol.asyncIterator,
  ];
  const part: Record<string | symbol, unknown> = { remaining: 0 };
  for (const name of names) part[name] = Reflect.get(stream, name);
  delete part[missing];
  return part;
}
