import { ConfigError } from "../errors.ts";
import type { Endpoint } from "../net/endpoint.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The first descriptor that systemd hands over. */
const FIRST_FD = 3;

/**
 * The sockets that systemd has opened for this process, with their names (`FileDescriptorName=`).
 *
 * @returns `undefined` when there are none, or when they are meant for another process.
 */
export function systemdSockets(
  env: Environment,
  pid: number,
): { readonly fd: number; readonly name: string }[] | undefined {
  const count = Number(env["LISTEN_FDS"]);
  if (!(count > 0) || Number(env["LISTEN_PID"]) !== pid) return undefined;
  const names = (env["LISTEN_FDNAMES"] ?? "").split(":");
  return Array.from({ length: count }, (_, index) => ({ fd: FIRST_FD + index, name: names[index] ?? "" }));
}

/**
 * Read `systemd`, all sockets that systemd has opened, or `systemd:NAME`, those of that name.
 *
 * @returns `undefined` when the text is another address.
 * @throws {@link ConfigError} `UWB_ERR_ENDPOINT` when systemd has opened no such socket.
 */
export function systemdEndpoints(text: string, env: Environment, pid: number): Endpoint[] | undefined {
  const [, wanted] = /^systemd(?::(.*))?$/.exec(text) ?? [];
  if (!text.startsWith("systemd") || (wanted === undefined && text !== "systemd")) return undefined;
  const sockets = systemdSockets(env, pid) ?? [];
  const fitting = sockets.filter(({ name }) => wanted === undefined || name === wanted);
  if (fitting.length > 0) return fitting.map(({ fd }) => ({ type: "fd", fd }));
  const why =
    sockets.length > 0
      ? `systemd has opened sockets named ${sockets.map(({ name }) => name).join(", ")}`
      : env["LISTEN_FDS"] === undefined
        ? "systemd has opened no socket (LISTEN_FDS is not set)"
        : "the sockets of systemd are for another process: start this one without a shell or npx in between";
  throw new ConfigError("socket", `${JSON.stringify(text)} can not be used: ${why}`, "UWB_ERR_ENDPOINT");
}
