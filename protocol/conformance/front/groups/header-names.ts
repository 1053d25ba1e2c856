import { dropped, page, refused } from "../answer-expectations.ts";
import { both, type Expectation, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { packet, type VarRule } from "../packet-expectations.ts";
import { request } from "../template.ts";

const SAFE = "protocol/README.md section 11";

function served(vars: Readonly<Record<string, VarRule>>): Expectation {
  return both(page(200), packet({ vars }));
}

const rows: readonly FrontRow[] = [
  {
    name: "underscore",
    level: "SHOULD",
    rule: "A name with an underscore becomes no var",
    source: SAFE,
    why: "It can not be told from the name with a hyphen any more.",
    send: request({ fields: "X_A: evil⏎" }),
    allow: either(served({ HTTP_X_A: undefined }), refused(400)),
  },
  {
    name: "underscore-twin",
    rule: "A name with an underscore does not change the var of its twin with a hyphen",
    source: SAFE,
    why: "Clients forge what the front itself says about them.",
    send: request({ fields: "X-Real-Thing: 1⏎X_Real_Thing: 6⏎" }),
    allow: either(served({ HTTP_X_REAL_THING: "1" }), refused(400)),
  },
  {
    name: "dot",
    rule: "A dot in a name does not become an underscore",
    source: SAFE,
    why: "X.A and X-A would be the same.",
    send: request({ fields: "X.A: evil⏎" }),
    allow: either(served({ HTTP_X_A: undefined }), refused(400)),
  },
  {
    name: "content-length-with-underscore",
    rule: "Content_Length is not the length of the body",
    source: SAFE,
    why: "The worker reads the body to another end than the front.",
    send: request({ method: "POST", fields: "Content_Length: 5⏎Content-Length: 3⏎", body: "abc" }),
    allow: either(both(page(200), packet({ vars: { CONTENT_LENGTH: "3" }, body: "abc" })), refused(400)),
  },
  {
    name: "transfer-encoding-with-underscore",
    rule: "Transfer_Encoding does not change the framing",
    source: SAFE,
    why: "The worker reads the body in another way than the front.",
    send: request({ method: "POST", fields: "Transfer_Encoding: chunked⏎Content-Length: 3⏎", body: "abc" }),
    allow: either(
      both(
        page(200),
        packet({ vars: { CONTENT_LENGTH: "3", HTTP_TRANSFER_ENCODING: undefined }, body: "abc" }),
      ),
      refused(400),
    ),
  },
  {
    name: "proxy",
    rule: "Proxy never becomes HTTP_PROXY",
    source: SAFE,
    why: "Many programs take HTTP_PROXY for their own setting, and send their requests there (httpoxy).",
    send: request({ fields: "Proxy: http://evil.test⏎" }),
    allow: either(served({ HTTP_PROXY: undefined }), refused(400)),
  },
  ...["REMOTE_ADDR", "PATH_INFO", "HTTPS", "UWSGI_FILE", "SERVER_NAME", "REMOTE_USER"].map(
    (key): FrontRow => ({
      name: `named-like-${key.toLowerCase().replace("_", "-")}`,
      rule: "A field named like a var does not become that var",
      source: SAFE,
      why: "Clients would say who they are, or which file uWSGI loads.",
      send: request({ fields: `${key}: evil⏎${key.replaceAll("_", "-")}: evil⏎` }),
      allow: either(
        both(
          page(200),
          packet({
            vars: { [key]: (all) => (all.includes("evil") ? "has the value of the client" : undefined) },
          }),
        ),
        refused(400),
        dropped,
      ),
    }),
  ),
];
/** Names of fields that could become another var than they should. */
export const headerNameCases: readonly FrontCase[] = frontCases("header-names", rows);
