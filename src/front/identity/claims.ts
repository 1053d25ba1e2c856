import type { RealIpHeader } from "./identity-options.ts";

/** What the proxies in front of a connection say, by the field they say it in. */
export interface Claims {
  /** Each field line, in the order they came. */
  readonly "x-forwarded-for": readonly string[];
  readonly forwarded: readonly string[];
  readonly "x-real-ip": readonly string[];
  readonly "x-forwarded-proto": readonly string[];
  readonly "x-forwarded-protocol": readonly string[];
  readonly "x-forwarded-scheme": readonly string[];
  readonly "x-forwarded-ssl": readonly string[];
  readonly "x-forwarded-host": readonly string[];
  readonly "x-forwarded-port": readonly string[];
}

type ClaimName = keyof Claims;

const NAMES: ReadonlySet<string> = new Set<ClaimName>([
  "x-forwarded-for",
  "forwarded",
  "x-real-ip",
  "x-forwarded-proto",
  "x-forwarded-protocol",
  "x-forwarded-scheme",
  "x-forwarded-ssl",
  "x-forwarded-host",
  "x-forwarded-port",
]);
const SHORTEST = "forwarded".length;

/** The lines of a request that make claims: name, value, name, value, names in lower case. */
export function claimLines(rawHeaders: readonly string[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length < SHORTEST || !mayClaim(name.charCodeAt(0))) continue;
    const lower = name.toLowerCase();
    if (NAMES.has(lower)) lines.push(lower, rawHeaders[index + 1] as string);
  }
  return lines;
}

/** @param lines - Of {@link claimLines}. */
export function sortClaims(lines: readonly string[]): Claims {
  const of = (name: ClaimName): string[] =>
    lines.filter((_, index) => index % 2 === 1 && lines[index - 1] === name);
  return {
    "x-forwarded-for": of("x-forwarded-for"),
    forwarded: of("forwarded"),
    "x-real-ip": of("x-real-ip"),
    "x-forwarded-proto": of("x-forwarded-proto"),
    "x-forwarded-protocol": of("x-forwarded-protocol"),
    "x-forwarded-scheme": of("x-forwarded-scheme"),
    "x-forwarded-ssl": of("x-forwarded-ssl"),
    "x-forwarded-host": of("x-forwarded-host"),
    "x-forwarded-port": of("x-forwarded-port"),
  };
}

/**
 * The field that names the client. Where it is not configured, the first that is there: proxies write X-Forwarded-For more often than they pass on
 * what a client wrote in it.
 */
export function addressField(claims: Claims, wish: RealIpHeader): Exclude<RealIpHeader, "auto"> {
  if (wish !== "auto") return wish;
  if (claims["x-forwarded-for"].length > 0) return "x-forwarded-for";
  if (claims.forwarded.length > 0) return "forwarded";
  return claims["x-real-ip"].length > 0 ? "x-real-ip" : "x-forwarded-for";
}

/** `X` or `F`, in either case. */
function mayClaim(code: number): boolean {
  const lower = code | 0x20;
  return lower === 0x78 || lower === 0x66;
}
