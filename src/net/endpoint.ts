import { isIP } from "node:net";
import { ConfigError } from "../errors.ts";

/** Where to listen or to connect. */
export type Endpoint =
  | { readonly type: "tcp"; readonly host: string; readonly port: number }
  | { readonly type: "unix"; readonly path: string }
  /** A listening socket that was opened by somebody else and inherited: `fd://3`. */
  | { readonly type: "fd"; readonly fd: number };

/** Where to connect. */
export type Target = Exclude<Endpoint, { readonly type: "fd" }>;

/** Bytes of a Unix socket path that the kernel accepts; longer ones would be cut silently by some callers. */
const MAX_UNIX_PATH_BYTES = 107;
const MAX_PORT = 65_535;

/**
 * Read an address: `host:port`, `:port` (all interfaces), `[v6]:port`, `unix:/path`, an absolute path or `fd://N`. A leading
 * `uwsgi://` is allowed.
 *
 * @param option - The option the text was given for, named by the error.
 * @throws {@link ConfigError} `UWB_ERR_ENDPOINT` for anything else.
 */
export function parseEndpoint(text: string, option: string): Endpoint {
  const address = text.replace(/^uwsgi:\/\//, "");
  if (address.startsWith("unix:")) return unixEndpoint(address.slice("unix:".length), text, option);
  if (address.startsWith("/")) return unixEndpoint(address, text, option);
  const fd = /^fd:\/\/(\d{1,6})$/.exec(address);
  if (fd) return { type: "fd", fd: Number(fd[1]) };
  const [, host6, host4, portText] =
    /^(?:\[([0-9A-Fa-f:.%]+)\]|([^:/[\]\s]*)):(\d{1,5})$/.exec(address) ?? [];
  const port = Number(portText ?? Number.NaN);
  if (!(port <= MAX_PORT)) throw endpointError(text, option);
  if (host6 !== undefined && isIP(host6) !== 6) throw endpointError(text, option);
  return { type: "tcp", host: host6 ?? (host4 || "::"), port };
}

/**
 * Read the address of a server to connect to: as {@link parseEndpoint}, where `:port` is this machine.
 *
 * @throws {@link ConfigError} `UWB_ERR_ENDPOINT` for anything else, `fd://N` included.
 */
export function parseTarget(text: string, option: string): Target {
  const endpoint = parseEndpoint(text, option);
  if (endpoint.type === "fd") throw endpointError(text, option);
  return endpoint.type === "tcp" && endpoint.host === "::" ? { ...endpoint, host: "127.0.0.1" } : endpoint;
}

/** The text form that {@link parseEndpoint} reads. */
export function formatEndpoint(endpoint: Endpoint): string {
  switch (endpoint.type) {
    case "unix":
      return `unix:${endpoint.path}`;
    case "fd":
      return `fd://${endpoint.fd}`;
    case "tcp":
      return endpoint.host.includes(":")
        ? `[${endpoint.host}]:${endpoint.port}`
        : `${endpoint.host}:${endpoint.port}`;
  }
}

/** Whether only processes of this machine can reach a TCP address. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function unixEndpoint(path: string, text: string, option: string): Endpoint {
  const size = Buffer.byteLength(path);
  if (size === 0) throw endpointError(text, option);
  if (size > MAX_UNIX_PATH_BYTES) {
    throw new ConfigError(
      option,
      `the socket path ${path} has ${size} bytes, the system takes ${MAX_UNIX_PATH_BYTES}; choose a shorter one`,
      "UWB_ERR_ENDPOINT",
    );
  }
  return { type: "unix", path };
}

function endpointError(text: string, option: string): ConfigError {
  const remedy = /^\d{1,5}$/.test(text)
    ? `write :${text}, or 127.0.0.1:${text} for this machine alone`
    : "use host:port, :port, [v6]:port, unix:/path or fd://N";
  return new ConfigError(option, `${JSON.stringify(text)} is not an address; ${remedy}`, "UWB_ERR_ENDPOINT");
}
