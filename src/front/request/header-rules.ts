import { headerVar } from "../../client/header-var.ts";

/** What happens to a request header on its way to a var. */
type HeaderKind =
  /** Passed on; repeated fields are joined with a comma. */
  | "list"
  /** Passed on; repeated fields are joined with `; `. */
  | "cookie"
  /** Passed on; a second one makes the request ambiguous. */
  | "single"
  /** Read by the front, which writes its own var, if any. */
  | "host"
  | "length"
  | "coding"
  | "expect"
  | "connection"
  /** A name with other characters than letters, digits and hyphens: its var, if it has one, may be that of another name. */
  | "unmapped"
  /** Not passed on. */
  | "drop";

/** What happens to a request with a header whose name is not letters, digits and hyphens. */
export type HeaderMap = "drop" | "refuse" | "allow";

/** A request header that was seen before. */
export interface HeaderRule {
  readonly kind: HeaderKind;
  /** The var it becomes; empty for one that has none. */
  readonly varName: string;
}

/** Fields that mean something to one connection only, fields the front answers itself, and claims about the client. */
const DROPPED = new Set([
  "HTTP_KEEP_ALIVE",
  "HTTP_PROXY_CONNECTION",
  "HTTP_TE",
  "HTTP_TRAILER",
  "HTTP_UPGRADE",
  "HTTP_HTTP2_SETTINGS",
  "HTTP_FORWARDED",
  "HTTP_X_REAL_IP",
]);

const SINGLE = new Set([
  "CONTENT_TYPE",
  "HTTP_AUTHORIZATION",
  "HTTP_PROXY_AUTHORIZATION",
  "HTTP_USER_AGENT",
  "HTTP_REFERER",
  "HTTP_FROM",
  "HTTP_DATE",
  "HTTP_RANGE",
  "HTTP_MAX_FORWARDS",
  "HTTP_IF_MATCH",
  "HTTP_IF_NONE_MATCH",
  "HTTP_IF_MODIFIED_SINCE",
  "HTTP_IF_UNMODIFIED_SINCE",
  "HTTP_IF_RANGE",
]);

const OWN: Readonly<Record<string, HeaderKind>> = {
  HTTP_HOST: "host",
  CONTENT_LENGTH: "length",
  HTTP_TRANSFER_ENCODING: "coding",
  HTTP_EXPECT: "expect",
  HTTP_CONNECTION: "connection",
  HTTP_COOKIE: "cookie",
};

/** Names in the spelling of the client. Clients send the same few dozen, so the rules are looked up, not worked out. */
const known = new Map<string, HeaderRule>();
const MAX_KNOWN = 1024;

/** The rule for a header name as the client spelt it. */
export function headerRule(name: string): HeaderRule {
  const seen = known.get(name);
  if (seen) return seen;
  const varName = headerVar(name);
  const rule = varName === undefined && /[^A-Za-z0-9-]/.test(name) ? unmapped(name) : mapped(varName ?? "");
  if (known.size < MAX_KNOWN) known.set(name, rule);
  return rule;
}

function mapped(varName: string): HeaderRule {
  return { kind: kindOf(varName), varName };
}

/** What has a meaning for anybody on the way can not be said by such a name. */
function unmapped(name: string): HeaderRule {
  const twin = headerVar(name.replaceAll("_", "-"));
  const varName = twin ?? `HTTP_${name.toUpperCase().replaceAll("-", "_")}`;
  return { kind: "unmapped", varName: kindOf(varName) === "list" ? varName : "" };
}

function kindOf(varName: string): HeaderKind {
  const own = OWN[varName];
  if (own) return own;
  if (varName === "" || DROPPED.has(varName) || varName.startsWith("HTTP_X_FORWARDED_")) return "drop";
  return SINGLE.has(varName) ? "single" : "list";
}
