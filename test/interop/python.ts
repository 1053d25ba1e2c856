import { join } from "node:path";
import { formatEndpoint, type Target } from "../../src/net/endpoint.ts";
import { freePort } from "../support/ports.ts";
import type { Program, ProgramOptions } from "../support/process.ts";
import type { Transport } from "../support/workers.ts";
import { startUwsgi } from "./uwsgi.ts";

/** A real uWSGI with a Python application, on a port and on a Unix socket. */
export interface PythonServer {
  readonly targets: Readonly<Record<Transport, Target>>;
  /** The same as `--to` takes them. */
  readonly addresses: Readonly<Record<Transport, string>>;
  readonly program: Program;
}

/** @param flags - Which application to load, and limits; the sockets are added. */
export async function startPython(
  directory: string,
  flags: readonly string[],
  options: ProgramOptions = {},
): Promise<PythonServer> {
  const tcp: Target = { type: "tcp", host: "127.0.0.1", port: await freePort() };
  const unix: Target = { type: "unix", path: join(directory, "python.sock") };
  const sockets = ["--socket", `${tcp.host}:${tcp.port}`, "--socket", unix.path, "--chmod-socket=666"];
  const program = await startUwsgi(
    [...sockets, "--processes", "2", "--need-app", ...flags],
    [tcp, { path: unix.path }],
    options,
  );
  await program.untilOutput(/spawned uWSGI worker 2/);
  return {
    targets: { tcp, unix },
    addresses: { tcp: formatEndpoint(tcp), unix: formatEndpoint(unix) },
    program,
  };
}
