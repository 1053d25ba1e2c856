import { InvalidArgumentError } from "commander";
import { UwsgiBridgeError } from "../errors.ts";
import { parseTarget, type Target } from "../net/endpoint.ts";

/** A server, and perhaps what to ask it for. */
export interface RequestUrl {
  readonly target: Target;
  /** Path and query of a URL; `undefined` when only the server was named. */
  readonly path: string | undefined;
}

/** A host with its port, and what follows it from the first slash or question mark. */
const WITH_PATH = /^((?:uwsgi:\/\/)?(?:\[[^\]]*\]|[^:/?]*):\d+)([/?].*)$/;

/**
 * Read `unix:/run/app.sock`, `host:port` or `uwsgi://host:port/path?query`. A fragment is left out, as in a
 * browser.
 */
export function parseRequestUrl(text: string): RequestUrl {
  const [, address, rest] = WITH_PATH.exec(text) ?? [];
  const path = rest?.replace(/#.*$/, "").replace(/^\?/, "/?");
  return { target: parseServer(address ?? text), path };
}

/** Read the address of a uwsgi server, for commander: a bad one is a usage error that names the argument. */
export function parseServer(text: string): Target {
  try {
    return parseTarget(text, "target");
  } catch (error) {
    if (error instanceof UwsgiBridgeError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
