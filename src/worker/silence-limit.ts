import { Socket } from "node:net";

/** How long the socket of a request may be silent; 0: for ever. */
export class SilenceLimit {
  readonly #socket: Socket;
  #limitMs = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** From now on. The same limit again changes nothing: the socket counts from its last byte. */
  set(limitMs: number): void {
    if (limitMs === this.#limitMs) return;
    this.#limitMs = limitMs;
    // A direct application may have put a timeout of its own in the place of the method.
    Socket.prototype.setTimeout.call(this.#socket, limitMs);
  }

  /** The limit was met, and is to be met again. */
  reset(): void {
    this.#limitMs = 0;
  }
}

/** What the timer of a socket calls. It looks for progress, and emits `timeout` if there was none. */
interface Timed {
  _onTimeout?: () => void;
}

const onTimeout = (Socket.prototype as Timed)._onTimeout;

/**
 * Call back when a socket has met its {@link SilenceLimit}. Once per socket.
 *
 * The event `timeout` is the application's: it must not fire for a limit that is none of its own. So what the timer emits is taken here.
 */
export function onSilence(socket: Socket, listener: () => void): void {
  if (typeof onTimeout !== "function") {
    socket.on("timeout", listener);
    return;
  }
  (socket as Timed)._onTimeout = () => {
    let wasSilent = false;
    const { emit } = socket;
    const hadOwn = Object.hasOwn(socket, "emit");
    socket.emit = () => {
      wasSilent = true;
      return true;
    };
    try {
      onTimeout.call(socket);
    } finally {
      if (hadOwn) socket.emit = emit;
      else Reflect.deleteProperty(socket, "emit");
    }
    if (wasSilent) listener();
  };
}

/** Give the timer of a socket back to whoever uses it from now on. */
export function ignoreSilence(socket: Socket): void {
  Reflect.deleteProperty(socket, "_onTimeout");
}
