import type { Packet } from "../codec/packet.ts";
import { type CgiEnviron, urlScheme } from "./environ.ts";
import { wrapFile } from "./file-wrapper.ts";
import type { Environ, ErrorStream, InputStream, SharedState } from "./types.ts";

/** What is the same for all requests of a worker. */
export interface ServerFacts {
  readonly version: string;
  /** Number of this process, counted from 1. */
  readonly worker: number;
  /** Whether another process may run the same application. */
  readonly multiprocess: boolean;
  /** Whether several requests may be in flight in this process. */
  readonly concurrent: boolean;
  /** What the requests share. */
  readonly state: SharedState;
}

/** What belongs to one request. */
export interface RequestParts {
  readonly input: InputStream;
  readonly errors: ErrorStream;
  /** Asked for its `signal` when the application first looks at it: most never do, and one costs a microsecond. */
  readonly signalOwner: { readonly signal: AbortSignal };
}

const VERSION = Object.freeze([1, 0] as const);
const SIGNAL_OWNER = Symbol("uwsgi_bridge.signal");

const lazySignal: PropertyDescriptor = {
  get(this: Record<symbol, { signal: AbortSignal }>): AbortSignal | undefined {
    return this[SIGNAL_OWNER]?.signal;
  },
  set(this: object, value: unknown) {
    Object.defineProperty(this, "uwsgi_bridge.signal", {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  },
  enumerable: true,
  configurable: true,
};

/**
 * Complete the environ of one request with the keys that only the server can set.
 *
 * @returns The same object, extended. It has no prototype, so that no header name can mean something to JavaScript.
 * @see PEP 3333, "environ Variables"
 */
export function createEnviron(
  cgi: CgiEnviron,
  { modifier1, modifier2 }: Packet,
  { server, parts }: { readonly server: ServerFacts; readonly parts: RequestParts },
): Environ {
  const environ = cgi as Record<string | symbol, unknown>;
  environ["wsgi.version"] = VERSION;
  environ["wsgi.url_scheme"] = urlScheme(cgi);
  environ["wsgi.input"] = parts.input;
  environ["wsgi.errors"] = parts.errors;
  environ["wsgi.multithread"] = false;
  environ["wsgi.multiprocess"] = server.multiprocess;
  environ["wsgi.run_once"] = false;
  environ["wsgi.input_terminated"] = true;
  environ["wsgi.file_wrapper"] = wrapFile;
  environ["uwsgi_bridge.version"] = server.version;
  environ["uwsgi_bridge.response_finished"] = [];
  environ["uwsgi_bridge.modifiers"] = [modifier1, modifier2];
  environ["uwsgi_bridge.worker"] = server.worker;
  environ["uwsgi_bridge.concurrent"] = server.concurrent;
  environ["uwsgi_bridge.state"] = server.state;
  environ[SIGNAL_OWNER] = parts.signalOwner;
  Object.defineProperty(environ, "uwsgi_bridge.signal", lazySignal);
  return environ as unknown as Environ;
}
