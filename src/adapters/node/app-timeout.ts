import type { Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Counts what has passed over a connection. */
export interface Traffic {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** The timeout an application sets on its request or response: it fires when nothing was read or written for that long. */
export class AppTimeout {
  readonly #traffic: Traffic;
  readonly #onTimeout: () => void;
  #timer: NodeJS.Timeout | undefined;
  #seen = 0;
  #hasFired = false;

  constructor(traffic: Traffic, onTimeout: () => void) {
    this.#traffic = traffic;
    this.#onTimeout = onTimeout;
  }

  /** @param limitMs - 0: none. */
  set(limitMs: number): void {
    this.clear();
    if (limitMs === 0) return;
    this.#watch(limitMs);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#hasFired = false;
  }

  #watch(limitMs: number): void {
    this.#seen = this.#passed;
    this.#timer = setTimeout(() => this.#check(limitMs), limitMs).unref();
  }

  get #passed(): number {
    return this.#traffic.bytesRead + this.#traffic.bytesWritten;
  }

  #check(limitMs: number): void {
    const isSilent = this.#passed === this.#seen;
    const isNews = isSilent && !this.#hasFired;
    this.#hasFired = isSilent;
    this.#watch(limitMs);
    // Last, because the application may set it anew.
    if (isNews) this.#onTimeout();
  }
}

/**
 * As in Node's server: the request, the response and the server are asked, and when none of them listens the connection ends. Listeners of
 * the socket are told in any case. Where there is no response, as after an upgrade, only they are.
 *
 * @see https://nodejs.org/api/http.html#serversettimeoutmsecs-callback
 */
export function announceTimeout(
  socket: Duplex & { _httpMessage?: ServerResponse | null; server?: Server },
): void {
  const response = socket._httpMessage;
  if (!response) {
    socket.emit("timeout");
    return;
  }
  const request = response.req;
  const isHandled = [
    !request.complete && request.emit("timeout", socket),
    response.emit("timeout", socket),
    socket.server?.emit("timeout", socket),
  ].some(Boolean);
  socket.emit("timeout");
  if (!isHandled) socket.destroy();
}
