import { isIP } from "node:net";
import { ConfigError } from "../../errors.ts";
import { parseTarget, type Target } from "../../net/endpoint.ts";

/** Where servers are: at an address, or wherever a name leads at present. */
type ServerPlace =
  | { readonly type: "target"; readonly target: Target }
  /** All addresses of a host name. */
  | { readonly type: "name"; readonly host: string; readonly port: number }
  /** All servers of an SRV record. */
  | { readonly type: "service"; readonly name: string };

/** A name that leads to servers. */
export type NamedPlace = Exclude<ServerPlace, { readonly type: "target" }>;

/** One entry of a list of servers. */
export interface ServerSpec {
  readonly place: ServerPlace;
  /** @defaultValue 1 */
  readonly weight: number;
  /** Only used when no other server is usable. */
  readonly isBackup: boolean;
  /** Gets no new clients. */
  readonly isDraining: boolean;
  /** Requests at the same time. */
  readonly maxConnections: number | undefined;
}

type Draft = { -readonly [K in keyof ServerSpec]: ServerSpec[K] };

/** The options of a server that may stand behind its target. */
export const SERVER_OPTIONS: ReadonlySet<string> = new Set(["weight", "backup", "drain", "max-conns"]);

const SERVICE = /^srv\+uwsgi:\/\/([\w-]+(?:\.[\w-]+)*\.?)$/;
const MAX_WEIGHT = 256;
const MAX_CONNECTIONS = 1_000_000;

/**
 * Read `TARGET[;weight=2][;backup][;drain][;max-conns=10]`, where TARGET is an address, or `srv+uwsgi://NAME`. A part that is given twice is refused.
 *
 * @param flag - What the text was given for: named by the error, as is the part that is wrong.
 * @throws {@link ConfigError}
 */
export function parseServerSpec(text: string, option: string, flag: string): ServerSpec {
  const [target = "", ...parts] = text.split(";").map((part) => part.trim());
  const spec: Draft = {
    place: placeOf(target, option),
    weight: 1,
    isBackup: false,
    isDraining: false,
    maxConnections: undefined,
  };
  const seen = new Set<string>();
  for (const part of parts) {
    const [name = ""] = part.split("=");
    const fault = seen.has(name) ? `${name} is given twice` : readPart(part, spec);
    seen.add(name);
    if (fault !== undefined) throw new ConfigError(option, `${flag} ${text}: ${fault}`);
  }
  return spec;
}

/** @returns What is wrong with it. */
function readPart(part: string, spec: Draft): string | undefined {
  const [, name, digits] = /^([a-z-]+)(?:=(.*))?$/.exec(part) ?? [];
  const isFlag = digits === undefined;
  if (name === "backup" && isFlag) spec.isBackup = true;
  else if (name === "drain" && isFlag) spec.isDraining = true;
  else if (name === "weight") return readCount(part, digits, MAX_WEIGHT, (count) => (spec.weight = count));
  else if (name === "max-conns")
    return readCount(part, digits, MAX_CONNECTIONS, (count) => (spec.maxConnections = count));
  else return `expected weight=N, backup, drain or max-conns=N, got ${JSON.stringify(part)}`;
  return undefined;
}

function readCount(
  part: string,
  digits: string | undefined,
  max: number,
  take: (count: number) => void,
): string | undefined {
  const count = /^\d{1,7}$/.test(digits ?? "") ? Number(digits) : 0;
  if (count < 1 || count > max)
    return `expected a whole number from 1 to ${max}, got ${JSON.stringify(part)}`;
  take(count);
  return undefined;
}

function placeOf(text: string, option: string): ServerPlace {
  const [, name] = SERVICE.exec(text) ?? [];
  if (name !== undefined) return { type: "service", name };
  const target = parseTarget(text, option);
  if (target.type === "unix" || !isName(target.host)) return { type: "target", target };
  return { type: "name", host: target.host, port: target.port };
}

/** The system knows best what this machine is called, and tries both of its addresses. */
function isName(host: string): boolean {
  return isIP(host) === 0 && host !== "localhost";
}
