import type { ConnectOpts, SocketConstructorOpts } from "node:net";
import type { Target } from "../net/endpoint.ts";
import { UpstreamSocket } from "../net/upstream-socket.ts";

const READ_BYTES = 65_536;

/**
 * The connection of a relay to a worker, which loses nothing that the worker sent: it goes on reading after a failed write, and
 * reads into no buffer of its own, since a failed read throws away what waits in one.
 */
export class WorkerSocket extends UpstreamSocket {
  /**
   * @param target - Connected to at once.
   * @param onBytes - Takes a block, which is its own to keep. False: no more until `resume()`.
   */
  constructor(target: Target, onBytes: (block: Buffer) => boolean) {
    super(socketOptions(onBytes));
    if (target.type === "unix") this.connect({ path: target.path });
    else this.setNoDelay(true).connect({ host: target.host, port: target.port });
  }
}

function socketOptions(onBytes: (block: Buffer) => boolean): SocketConstructorOpts & ConnectOpts {
  return {
    allowHalfOpen: true,
    onread: {
      buffer: new Uint8Array(READ_BYTES),
      callback: (size, buffer) => onBytes(Buffer.from(buffer.subarray(0, size))),
    },
  };
}
