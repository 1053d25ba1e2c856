import { connect } from "node:net";
import { HEADER_BYTES, MODIFIER1 } from "../codec/constants.ts";
import { ProtocolError, UpstreamError } from "../errors.ts";
import { formatEndpoint, type Target } from "../net/endpoint.ts";

/** Options of {@link ping}. */
export interface PingOptions {
  /** Give up after this time. @defaultValue 3000 */
  readonly timeoutMs?: number;
}

/** What a server answered. */
export interface Pong {
  /** From the call to the complete answer. */
  readonly elapsedMs: number;
  /** Warning text of the server; usually empty. */
  readonly message: string;
}

const DEFAULT_TIMEOUT_MS = 3000;
const REQUEST = "\x64\x00\x00\x00";
const ALIVE = 1;

/**
 * Ask a uwsgi server whether it is alive: `64 00 00 00`, answered by `64 00 00 01` and perhaps a warning.
 *
 * A uWSGI without its ping plugin closes the connection instead, which is reported as `UWB_ERR_UPSTREAM_CLOSED`.
 *
 * @throws `UpstreamError` when there is no answer, {@link ProtocolError} `UWB_ERR_NOT_UWSGI` when the answer is no pong.
 */
export function ping(target: Target, options: PingOptions = {}): Promise<Pong> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const started = performance.now();
  const where = formatEndpoint(target);
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target });
    let answer = Buffer.alloc(0);
    let isConnected = false;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => {
      fail(
        new UpstreamError(
          "UWB_ERR_UPSTREAM_READ_TIMEOUT",
          `${where} did not answer within ${timeoutMs} ms`,
          504,
        ),
      );
    }, timeoutMs);

    socket.on("connect", () => {
      isConnected = true;
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const code = isConnected ? "UWB_ERR_UPSTREAM_RESET" : "UWB_ERR_UPSTREAM_CONNECT";
      // When a name has several addresses and all of them fail, the message is empty.
      const message = `${where}: ${error.message || error.code}`;
      fail(new UpstreamError(code, message, isConnected ? 502 : 503, { cause: error }));
    });
    socket.on("end", () => {
      fail(
        new UpstreamError("UWB_ERR_UPSTREAM_CLOSED", `${where} closed the connection without a pong`, 502),
      );
    });
    socket.on("data", (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < HEADER_BYTES) return;
      if (answer[0] !== MODIFIER1.ping || answer[3] !== ALIVE) {
        fail(
          new ProtocolError("UWB_ERR_NOT_UWSGI", `${where} answered something that is no pong`, {
            offset: 0,
          }),
        );
        return;
      }
      const end = HEADER_BYTES + answer.readUInt16LE(1);
      if (answer.length < end) return;
      clearTimeout(timer);
      socket.destroy();
      resolve({
        elapsedMs: performance.now() - started,
        message: answer.toString("latin1", HEADER_BYTES, end),
      });
    });
    socket.write(REQUEST, "latin1");
  });
}
