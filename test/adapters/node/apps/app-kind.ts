import type { Server } from "node:http";
import type { FetchHandler, NodeListener } from "../../../../src/adapters/index.ts";
import type { Stage } from "../../../support/stage.ts";

/** What a framework makes of an application. */
export type AppTarget =
  | { readonly node: NodeListener | Server; close?(): Promise<void> }
  | { readonly fetch: FetchHandler };

/** One framework, with the pages that all of them have. */
export interface AppKind {
  readonly name: string;
  /** Its handlers see Node's own request and response, and it has the pages of `nodePages`. */
  readonly isNode: boolean;
  /** Notices that a handler throws when its response has begun. The others leave it as it is, on node:http too. */
  readonly breaksOff: boolean;
  /** Sends files with validators and ranges by itself. */
  readonly sendsFiles: boolean;
  /** Knows what the connection says about the client. */
  readonly clientFacts: readonly ("ip" | "protocol" | "secure")[];
  start(stage: Stage): AppTarget | Promise<AppTarget>;
}

export const COOKIES = ["a=1; Path=/", "b=2"] as const;
/** A file that is sent whole, in parts and not at all. */
export const SENT_FILE: string = import.meta.filename;
