import { lookup } from "node:dns/promises";
import { lstat, rename, rm } from "node:fs/promises";
import net from "node:net";
import { dirname } from "node:path";
import { getSystemErrorMap } from "node:util";
import { UsageError } from "../errors.ts";
import { removeDeadSockets } from "./dead-sockets.ts";
import type { Endpoint } from "./endpoint.ts";
import { type ListenOptions, listenError } from "./listen.ts";
import { publishSocket, removeSocket, temporaryName } from "./unix-socket.ts";

/**
 * An address that several processes accept on, one after another or together. Whoever opened it keeps it, and accepts nothing: the others get the
 * descriptor. While none of them lives, clients wait in its queue.
 */
export interface SharedSocket {
  /** The address in use: the port is the real one when 0 was asked for. */
  readonly endpoint: Endpoint;
  /** To be handed to a process, which passes it to {@link listen} as an option. */
  readonly fd: number;
  /**
   * Give a Unix socket its name, once somebody accepts on it.
   *
   * @throws {@link UsageError} `UWB_ERR_SOCKET_IN_USE` when another process listens there.
   */
  publish(): Promise<void>;
  /**
   * Take the name of a Unix socket away until it is published again: clients fail at once instead of waiting. Nothing else changes.
   *
   * Who has connected already, in the milliseconds between the end of the last process and this, waits in the queue: for the next process that
   * accepts, or for his own limit. Only who accepts can turn them away, and a handle of libuv that has begun to accept can not stop again, so that it
   * would take connections from the processes later; closed, the socket would be lost to a process that is just starting with it.
   */
  withdraw(): Promise<void>;
  /** Close it, and remove the name of a Unix socket if it is still ours. */
  close(): Promise<void>;
}

type UnixEndpoint = Extract<Endpoint, { readonly type: "unix" }>;

/** A bound socket as node:net keeps it. */
interface Handle {
  readonly fd: number;
  getsockname(out: { port?: number }): number;
  close(): void;
}

/** How node:cluster binds an address without accepting on it. Node offers no other way. */
type CreateHandle = (
  address: string,
  port: number,
  family: number,
  fd: undefined,
  flags: number,
) => Handle | number;

const OWNER_ONLY = 0o177;
/** What node:net calls neither IPv4 nor IPv6: the address is a path. */
const PATH = -1;

/**
 * Bind an address without accepting on it.
 *
 * @throws {@link UsageError} `UWB_ERR_SOCKET_IN_USE` or `UWB_ERR_LISTEN`. That another process listens on a port is seen no sooner than
 *   by who listens on the descriptor.
 */
export async function openSharedSocket(
  endpoint: Endpoint,
  options: ListenOptions = {},
): Promise<SharedSocket> {
  switch (endpoint.type) {
    case "fd":
      return { endpoint, fd: endpoint.fd, publish: nothing, withdraw: nothing, close: nothing };
    case "tcp":
      return openTcp(endpoint);
    case "unix":
      return openUnix(endpoint, options);
  }
}

async function openTcp(endpoint: Extract<Endpoint, { readonly type: "tcp" }>): Promise<SharedSocket> {
  const { address, family } = await resolve(endpoint);
  const handle = createHandle(endpoint, address, endpoint.port, family);
  const name: { port?: number } = {};
  handle.getsockname(name);
  // The system's answer to an address in use is kept back until somebody listens; that nothing was bound shows it now.
  if (endpoint.port !== 0 && name.port !== endpoint.port) {
    handle.close();
    throw listenError(Object.assign(new Error("EADDRINUSE"), { code: "EADDRINUSE" }), endpoint);
  }
  return {
    endpoint: { ...endpoint, port: name.port ?? endpoint.port },
    fd: handle.fd,
    publish: nothing,
    withdraw: nothing,
    close: () => Promise.resolve(handle.close()),
  };
}

async function openUnix(endpoint: UnixEndpoint, options: ListenOptions): Promise<SharedSocket> {
  await removeDeadSockets(dirname(endpoint.path));
  const temporary = temporaryName(endpoint.path);
  const umask = process.umask(OWNER_ONLY);
  let handle: Handle;
  try {
    handle = createHandle(endpoint, temporary, PATH, PATH);
  } finally {
    process.umask(umask);
  }
  return new SharedUnixSocket(handle, { endpoint, options, name: temporary });
}

class SharedUnixSocket implements SharedSocket {
  readonly endpoint: UnixEndpoint;
  readonly #handle: Handle;
  readonly #options: ListenOptions;
  /** The file, while it is not published. */
  #name: string;
  /** That of the file, while it is published. */
  #inode: number | undefined;
  #closed: Promise<void> | undefined;
  #lastStep: Promise<void> = Promise.resolve();

  constructor(
    handle: Handle,
    { endpoint, options, name }: { endpoint: UnixEndpoint; options: ListenOptions; name: string },
  ) {
    this.endpoint = endpoint;
    this.#handle = handle;
    this.#options = options;
    this.#name = name;
  }

  get fd(): number {
    return this.#handle.fd;
  }

  publish(): Promise<void> {
    return this.#inTurn(async () => {
      this.#inode ??= await publishSocket(this.#name, this.endpoint.path, this.#options);
    });
  }

  withdraw(): Promise<void> {
    return this.#inTurn(() => this.#withdraw());
  }

  close(): Promise<void> {
    this.#closed ??= this.#inTurn(() => this.#close());
    return this.#closed;
  }

  /** One step at a time: a second publication would take the first for another process. */
  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#lastStep.then(step);
    this.#lastStep = done.catch(() => undefined);
    return done;
  }

  async #withdraw(): Promise<void> {
    const { path } = this.endpoint;
    const isOurs =
      this.#inode !== undefined && (await lstat(path).catch(() => undefined))?.ino === this.#inode;
    if (!isOurs) return;
    this.#name = temporaryName(path);
    await rename(path, this.#name);
    this.#inode = undefined;
  }

  async #close(): Promise<void> {
    this.#handle.close();
    if (this.#inode === undefined) await rm(this.#name, { force: true });
    else await removeSocket(this.endpoint.path, this.#inode);
  }
}

async function resolve({
  host,
  port,
}: Extract<Endpoint, { readonly type: "tcp" }>): Promise<{ address: string; family: number }> {
  try {
    return await lookup(host);
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, { type: "tcp", host, port });
  }
}

function createHandle(endpoint: Endpoint, address: string, port: number, family: number): Handle {
  const create = (net as unknown as { _createServerHandle?: CreateHandle })._createServerHandle;
  if (create === undefined) {
    throw new UsageError(
      "UWB_ERR_LISTEN",
      `this Node (${process.version}) can not share sockets between processes`,
    );
  }
  const handle = create(address, port, family, undefined, 0);
  if (typeof handle === "number") {
    const { name: code, message } = errnoOf(handle);
    throw listenError(Object.assign(new Error(message), { code }), endpoint);
  }
  return handle;
}

function errnoOf(errno: number): { name: string; message: string } {
  const [name = "UNKNOWN", message = "unknown error"] = getSystemErrorMap().get(errno) ?? [];
  return { name, message: `${name}: ${message}` };
}

function nothing(): Promise<void> {
  return Promise.resolve();
}
