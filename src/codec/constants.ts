/** Bytes of a packet header: `modifier1`, `datasize` (uint16 little-endian), `modifier2`. */
export const HEADER_BYTES = 4;

/** Bytes of the uint16 little-endian length in front of each key and each value. */
export const LENGTH_BYTES = 2;

/** The largest vars block, and the largest key or value, that a uint16 can announce. */
export const MAX_DATASIZE = 65_535;

/**
 * The values of `modifier1` that this project sends. A worker serves a few more as requests.
 *
 * @see protocol/README.md, "Modifiers"
 */
export const MODIFIER1 = {
  /** A request for the default application: WSGI in uWSGI's own table. */
  request: 0,
  /** Are you alive? Answered with the same header and `modifier2` 1. */
  ping: 100,
} as const;

/**
 * The var with which our front says that it passes on `103 Early Hints`. No HTTP client can produce it, and no other front sends
 * it: toward those a 1xx head would be taken for the response.
 */
export const EARLY_HINTS_VAR = "UWSGI_BRIDGE_EARLY_HINTS";

/** Interim heads before the final one; a worker that sends more is not answering. */
export const MAX_INTERIM_HEADS = 16;

/** What uWSGI takes unless it is configured: `buffer-size` and `max-vars`. It closes the connection of a request that has more. */
export const UWSGI_DEFAULTS = { maxVarsBytes: 4096, maxVars: 128 } as const;
