/** What an exchange is doing. */
export type ExchangeStep = "wait" | "connect" | "send" | "read";
/** Where an exchange stood when it was over, as people speak of it. */
export type ExchangePhase = "queue" | "connect" | "write" | "head" | "body";

const PHASES: Readonly<Record<ExchangeStep, ExchangePhase>> = {
  wait: "queue",
  connect: "connect",
  send: "write",
  read: "head",
};

/**
 * What an exchange has done so far, for whoever has to explain or to log it. Points in time are milliseconds on the clock of
 * {@link Deadlines.now}; NaN: it has not come so far.
 */
export class ExchangeProgress {
  /** Known when it is over. */
  phase: ExchangePhase = "queue";
  startedAt: number = Number.NaN;
  /** A connection was being made. NaN on one that was kept. */
  connectingAt: number = Number.NaN;
  /** The connection was there. */
  readyAt: number = Number.NaN;
  firstByteAt: number = Number.NaN;
  lastByteAt: number = Number.NEGATIVE_INFINITY;
  endedAt: number = Number.NaN;
  /** Bytes of the packet and the body that the system took. Known when it is over. */
  sentBytes = 0;
  /** Bytes of the response, its head included. */
  receivedBytes = 0;
  /** Of a head that arrived. */
  status: number | undefined;
  /** What came first, until it has turned out to be a response. */
  firstBytes: Buffer | undefined;

  received(chunk: Buffer, now: number): void {
    if (this.receivedBytes === 0) {
      this.firstByteAt = now;
      this.firstBytes = chunk;
    }
    this.receivedBytes += chunk.length;
    this.lastByteAt = now;
  }

  answered(status: number): void {
    this.status = status;
    this.firstBytes = undefined;
  }

  end(step: ExchangeStep, hasHead: boolean, now: number): void {
    this.phase = hasHead ? "body" : PHASES[step];
    this.endedAt = now;
  }
}
