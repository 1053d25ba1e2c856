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

/** Is told that a socket has met its {@link SilenceLimit}. */
export interface SilenceListener {
  onSilence(): void;
}

const LISTENER: unique symbol = Symbol("silenceListener");

/** What the timer of a socket calls. It looks for progress, and emits `timeout` if there was none. */
interface Timed {
  _onTimeout?: () => void;
}

interface Watched extends Socket, Timed {
  [LISTENER]?: SilenceListener;
}

const onTimeout = (Socket.prototype as Timed)._onTimeout;

/**
 * Tell a listener when a socket has met its {@link SilenceLimit}. Once per socket.
 *
 * The event `timeout` is the application's: it must not fire for a limit that is none of its own. So what the timer emits is taken here.
 *
 * The hook is the same function for all sockets: one made for each would keep what belongs to its request in memory until a full collection,
 * which doubled the cost of a request.
 */
export function onSilence(socket: Socket, listener: SilenceListener): void {
  if (typeof onTimeout !== "function") {
    socket.on("timeout", () => listener.onSilence());
    return;
  }
  const watched = socket as Watched;
  watched[LISTENER] = listener;
  watched._onTimeout = timerFired;
}

function timerFired(this: Watched): void {
  let wasSilent = false;
  const { emit } = this;
  const hadOwn = Object.hasOwn(this, "emit");
  this.emit = () => {
    wasSilent = true;
    return true;
  };
  try {
    onTimeout?.call(this);
  } finally {
    if (hadOwn) this.emit = emit;
    else Reflect.deleteProperty(this, "emit");
  }
  if (wasSilent) this[LISTENER]?.onSilence();
}

/** Give the timer of a socket back to whoever uses it from now on. */
export function ignoreSilence(socket: Socket): void {
  Reflect.deleteProperty(socket, "_onTimeout");
}
