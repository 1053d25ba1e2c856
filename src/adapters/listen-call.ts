/** What a call of `server.listen()` asks for, in whichever of its forms. */
export interface ListenCall {
  /** 0 when any port will do, and when it is no port that is asked for. */
  readonly port: number;
  readonly host: string | undefined;
  /** Of a Unix socket or a pipe. */
  readonly path: string | undefined;
  readonly callback: (() => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

const MAX_PORT = 65_535;

/**
 * Read the arguments of `server.listen()`: `(port, host, backlog, callback)`, `(path, ...)`, `(options, callback)`, `(handle, ...)`, and any of
 * them left out.
 *
 * @throws RangeError `ERR_SOCKET_BAD_PORT` for a port that there is not, as Node does.
 */
export function parseListenCall(args: readonly unknown[]): ListenCall {
  const [first, second] = args;
  const last = args.at(-1);
  const callback = typeof last === "function" ? (last as () => void) : undefined;
  const rest = { callback, signal: undefined };
  if (typeof first === "object" && first !== null) return { ...fromOptions(first), callback };
  if (typeof first === "string" && Number.isNaN(Number(first))) {
    return { port: 0, host: undefined, path: first, ...rest };
  }
  const host = typeof second === "string" ? second : undefined;
  return { port: portOf(first), host, path: undefined, ...rest };
}

function fromOptions(options: object): Omit<ListenCall, "callback"> {
  const { port, host, path, signal } = options as Readonly<Record<string, unknown>>;
  return {
    port: portOf(port),
    host: typeof host === "string" ? host : undefined,
    path: port === undefined && typeof path === "string" ? path : undefined,
    signal: signal instanceof AbortSignal ? signal : undefined,
  };
}

function portOf(value: unknown): number {
  if (value === undefined || value === null || typeof value === "function") return 0;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= MAX_PORT) return port;
  const message = `options.port should be >= 0 and < 65536. Received ${String(value)}.`;
  throw Object.assign(new RangeError(message), { code: "ERR_SOCKET_BAD_PORT" });
}
