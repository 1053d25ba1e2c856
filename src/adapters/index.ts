/** Public names of `uwsgi-bridge/adapters`. */
export type { FetchContext } from "./fetch/context.ts";
export { type FetchAdapterOptions, type FetchHandler, fromFetch } from "./fetch/from-fetch.ts";
export { fromNode, type NodeAdapterOptions, type NodeListener } from "./node/from-node.ts";
export { type ToNodeOptions, toNode } from "./to-node/to-node.ts";
