import { type Endpoint, parseEndpoint } from "../net/endpoint.ts";
import type { ListenOptions } from "../net/listen.ts";
import { systemdEndpoints } from "../supervisor/systemd-sockets.ts";
import type { CliIo } from "./io.ts";

/** The addresses to listen on: each as it is written, `systemd` and `systemd:NAME` being the sockets that systemd has opened. */
export function socketEndpoints(addresses: readonly string[], io: CliIo): Endpoint[] {
  // The number of sockets is known here: each stands for its place in the list.
  if (io.child) return io.child.place.endpoints.map((text) => parseEndpoint(text, "socket"));
  return addresses.flatMap(
    (address) => systemdEndpoints(address, io.env, io.pid) ?? [parseEndpoint(address, "socket")],
  );
}

/** The socket to accept on that the supervisor of this process has opened for the address of this number. */
export function inheritedSocket(io: CliIo, index: number): ListenOptions {
  const fd = io.child?.place.fds[index];
  return fd === undefined ? {} : { fd };
}

/** What a worker is told of its place among the processes of its supervisor. */
export function workerPlace(io: CliIo): { readonly workerNumber?: number; readonly multiprocess?: boolean } {
  if (!io.child) return {};
  const { worker, processes } = io.child.place;
  return { workerNumber: worker, multiprocess: processes > 1 };
}
