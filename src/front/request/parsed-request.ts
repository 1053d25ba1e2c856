import type { Authority } from "./authority.ts";

/** A request that may be passed on. */
export interface ParsedRequest {
  readonly method: string;
  readonly httpVersion: string;
  /** Path and query as the client sent them. */
  readonly requestUri: string;
  /** Prefix of the route, when it was taken off the path: this and `pathInfo` together are the whole path. */
  readonly scriptName?: string;
  readonly pathInfo: string;
  readonly queryString: string;
  /** Absent only in HTTP/1.0. */
  readonly authority: Authority | undefined;
  /** Bytes of body; `"chunked"`: the body itself tells; `undefined`: there is none. */
  readonly bodyLength: number | "chunked" | undefined;
  /** CONTENT_TYPE and `HTTP_*`, each name once. */
  readonly headerVars: readonly (readonly [name: string, value: string])[];
  /** Header fields that were left out because of their name. @defaultValue 0 */
  readonly droppedHeaders?: number;
}
