import type { Vars } from "./vars.ts";

/** A uwsgi packet: header and vars. The request body follows it on the wire and is not part of it. */
export interface Packet {
  /** Kind of packet, 0 to 255. */
  readonly modifier1: number;
  /** Parameter of the kind, 0 to 255. */
  readonly modifier2: number;
  readonly vars: Vars;
}
