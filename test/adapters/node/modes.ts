import type { Server } from "node:http";
import { fromNode, type NodeListener } from "../../../src/adapters/index.ts";
import type { Application } from "../../../src/gateway/types.ts";
import { withBrokenNode } from "./broken-node.ts";

/** How the adapter runs an application: on the accepted socket, on a stand-in because middleware wraps it, or through Node's parser. */
export type RunMode = "on the socket" | "on a stand-in" | "through the parser";

/** The adapter in each of its ways. */
export const makers: Readonly<Record<RunMode, (target: NodeListener | Server) => Application>> = {
  "on the socket": (target) => fromNode(target),
  "on a stand-in": (target) => {
    const app = fromNode(target);
    return (environ, startResponse) => app(environ, startResponse);
  },
  "through the parser": (target) => withBrokenNode(() => fromNode(target)),
};
