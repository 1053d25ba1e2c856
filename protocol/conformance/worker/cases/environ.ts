import { failed, passed } from "../../case.ts";
import { pep3333, spec } from "../../sources.ts";
import { ok } from "../checks.ts";
import { jsonHas } from "../json-checks.ts";
import { requestBytes } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, scriptCases, type WorkerCase } from "../worker-case.ts";

const ENVIRON = pep3333("environ Variables");
const URL = pep3333("URL Reconstruction");
const SCHEME = "The scheme decides about cookies, redirects and links.";

const schemes: readonly ExchangeRow[] = (
  [
    ["https-on", { HTTPS: "on" }, "https", "MUST"],
    ["https-absent", {}, "http", "MUST"],
    ["https-off", { HTTPS: "off" }, "http", "SHOULD"],
    ["https-empty", { HTTPS: "" }, "http", "SHOULD"],
    ["https-1", { HTTPS: "1" }, "https", "SHOULD"],
    ["request-scheme", { REQUEST_SCHEME: "https" }, "https", "SHOULD"],
    ["request-scheme-http", { REQUEST_SCHEME: "http" }, "http", "MUST"],
  ] as const
).map(
  ([name, vars, scheme, level]): ExchangeRow => ({
    name: `scheme-${name}`,
    level,
    rule: `The scheme is ${scheme} with ${JSON.stringify(vars)}`,
    source: spec("3.5"),
    why: SCHEME,
    send: { path: "/gateway", vars },
    allow: jsonHas({ scheme }),
  }),
);

const passedOn: readonly ExchangeRow[] = (
  [
    ["request-method", "REQUEST_METHOD", "PATCH"],
    ["query-string", "QUERY_STRING", "a=1&b=2"],
    ["remote-addr", "REMOTE_ADDR", "198.51.100.9"],
    ["remote-user", "REMOTE_USER", "alice"],
    ["server-name", "SERVER_NAME", "other.test"],
    ["server-port", "SERVER_PORT", "8443"],
    ["content-type", "CONTENT_TYPE", "text/x-test; charset=x"],
    ["host", "HTTP_HOST", "host.test:8080"],
    ["header", "HTTP_X_CUSTOM_HEADER", "value"],
    ["request-uri", "REQUEST_URI", "/env?raw=%41"],
  ] as const
).map(
  ([name, key, value]): ExchangeRow => ({
    name: `passes-${name}`,
    rule: `${key} reaches the application as it was sent`,
    source: spec("3.5"),
    why: "What the front knows of the request is all the application will ever know.",
    send: { path: "/env", vars: { [key]: value } },
    allow: jsonHas({ [key]: value }),
  }),
);

export const environCases: readonly WorkerCase[] = [
  ...exchangeCases("environ", [
    {
      name: "gateway-keys",
      rule: "The keys of the gateway interface are there and of the right kind",
      source: ENVIRON,
      why: "Frameworks take them for granted.",
      send: { path: "/gateway" },
      allow: jsonHas({ version: [1, 0], input: true, errors: true, run_once: false, flags: true }),
    },
    ...schemes,
    ...passedOn,
    {
      name: "vars-do-not-override-scheme",
      rule: "wsgi.url_scheme in a packet does not replace the scheme",
      source: spec("11"),
      why: "Keys of the gateway are the server's: a packet that may set them may be anything.",
      send: { path: "/gateway", vars: { "wsgi.url_scheme": "gopher", "wsgi.run_once": "yes" } },
      allow: jsonHas({ scheme: "http", run_once: false }),
    },
    {
      name: "vars-do-not-override-input",
      rule: "wsgi.input and wsgi.errors in a packet do not replace the streams",
      source: spec("11"),
      why: "A string in place of a stream breaks the application, or feeds it a body of the sender's choice.",
      send: { path: "/read", body: "real", vars: { "wsgi.input": "forged", "wsgi.errors": "forged" } },
      allow: ok("real"),
    },
    {
      name: "prefixed-content-vars",
      level: "SHOULD",
      rule: "HTTP_CONTENT_TYPE and HTTP_CONTENT_LENGTH do not reach the application",
      source: spec("3.5"),
      why: "The interface has CONTENT_TYPE and CONTENT_LENGTH; nginx and the Caddy module send both spellings, and two can differ.",
      send: { path: "/env", vars: { HTTP_CONTENT_TYPE: "x/y", HTTP_CONTENT_LENGTH: "3" } },
      allow: jsonHas({ HTTP_CONTENT_TYPE: undefined, HTTP_CONTENT_LENGTH: undefined }),
    },
    {
      name: "default-port-https",
      level: "SHOULD",
      rule: "Without SERVER_PORT a secure request has port 443",
      source: ENVIRON,
      why: "It can never be absent, and 80 would be wrong.",
      send: { path: "/env", vars: { SERVER_PORT: undefined, HTTPS: "on" } },
      allow: jsonHas({ SERVER_PORT: "443" }),
    },
    {
      name: "protocol-http2",
      rule: "A SERVER_PROTOCOL of HTTP/2.0 is served",
      source: spec("3.5"),
      why: "nginx passes the protocol of its client on.",
      send: { path: "/hello", vars: { SERVER_PROTOCOL: "HTTP/2.0" } },
      allow: ok("hello"),
    },
    {
      name: "protocol-kept",
      level: "SHOULD",
      rule: "SERVER_PROTOCOL reaches the application as it was sent",
      source: ENVIRON,
      why: "It is the version the client used.",
      send: { path: "/env", vars: { SERVER_PROTOCOL: "HTTP/2.0" } },
      allow: jsonHas({ SERVER_PROTOCOL: "HTTP/2.0" }),
    },
    {
      name: "url-from-host",
      rule: "The URL is rebuilt from HTTP_HOST",
      source: URL,
      why: "SERVER_NAME is often the name of the machine.",
      send: { path: "/url", vars: { HTTP_HOST: "shop.test:8080", QUERY_STRING: "a=1" } },
      allow: ok("http://shop.test:8080/url?a=1"),
    },
    {
      name: "url-from-server-name",
      rule: "Without HTTP_HOST the URL is rebuilt from SERVER_NAME and SERVER_PORT",
      source: URL,
      why: "HTTP/1.0 clients send no Host.",
      send: { path: "/url", vars: { HTTP_HOST: undefined, SERVER_PORT: "8080" } },
      allow: ok("http://example.test:8080/url"),
    },
    {
      name: "url-https",
      rule: "A secure URL on port 443 is rebuilt without the port",
      source: URL,
      why: SCHEME,
      send: { path: "/url", vars: { HTTP_HOST: undefined, HTTPS: "on", SERVER_PORT: "443" } },
      allow: ok("https://example.test/url"),
    },
    {
      name: "errors-wide",
      rule: "The error stream takes any Unicode text",
      source: pep3333("Input and Error Streams"),
      why: "An application that logs a name must not fail over it.",
      send: { path: "/log" },
      allow: ok("logged"),
    },
    {
      name: "remote-addr-with-port",
      level: "MAY",
      rule: "REMOTE_ADDR with a port, as the Caddy module sends it, is taken apart",
      source: spec("3.5"),
      why: "Applications compare it with addresses.",
      send: { path: "/env", vars: { REMOTE_ADDR: "203.0.113.7:4711" } },
      allow: jsonHas({ REMOTE_ADDR: "203.0.113.7" }),
    },
  ]),
  ...scriptCases("environ", [
    {
      name: "fresh-per-request",
      rule: "An environ that an application changed is not seen by the next request",
      source: ENVIRON,
      why: "The environ is the application's to change. A server that uses it again gives one client's data to another.",
      routes: ["mutate", "env"],
      story:
        "Sent: a request whose application deletes, overwrites and adds keys, then one that tells its environ. Allowed: no trace of the first.",
      run: async (context) => {
        const changed = await context.exchange(requestBytes({ path: "/mutate" }, context.token));
        const mutated = ok("mutated").fault(changed);
        if (mutated !== undefined) return failed("200 mutated", mutated, changed.bytes);
        const answer = await context.exchange(requestBytes({ path: "/env" }, context.token));
        const wanted = jsonHas({
          SERVER_NAME: "example.test",
          HTTP_X_LEFT_BEHIND: undefined,
          PATH_INFO: "/env",
        });
        const fault = wanted.fault(answer);
        return fault === undefined ? passed("a fresh environ") : failed(wanted.expected, fault, answer.bytes);
      },
    },
    {
      name: "not-shared",
      rule: "Requests at the same time each get their own environ and body",
      source: ENVIRON,
      why: "What belongs to one request must not reach another.",
      routes: ["read"],
      story:
        "Sent: 16 requests at the same time, each with a body of its own. Allowed: each answer is the body of its request.",
      run: async (context) => {
        const bodies = Array.from({ length: 16 }, (_, number) =>
          `${context.token}-${number}-`.repeat(number + 1),
        );
        const answers = await Promise.all(
          bodies.map((body) => context.exchange(requestBytes({ path: "/read", body }, context.token))),
        );
        const mixed = answers.find((answer, index) => answer.text !== bodies[index]);
        return mixed
          ? failed("its own body", "another one", mixed.bytes)
          : passed("16 answers, none mixed up");
      },
    },
  ]),
];
