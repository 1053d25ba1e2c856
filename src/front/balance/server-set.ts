/** What changes when a name leads elsewhere. */
export interface ServerSetDiff<T> {
  /** All servers from now on, in the order of the keys; the old ones as they are. */
  readonly servers: readonly T[];
  readonly added: readonly T[];
  readonly removed: readonly T[];
}

/**
 * Compare the servers there are with those there should be.
 *
 * @param wanted - Their keys; one that appears twice counts once.
 * @param create - Called for each key that there was no server for.
 */
export function diffServers<T>(
  present: ReadonlyMap<string, T>,
  wanted: Iterable<string>,
  create: (key: string) => T,
): ServerSetDiff<T> {
  const added: T[] = [];
  const servers = new Map<string, T>();
  for (const key of wanted) {
    if (servers.has(key)) continue;
    const known = present.get(key);
    const server = known ?? create(key);
    if (known === undefined) added.push(server);
    servers.set(key, server);
  }
  const removed = [...present].filter(([key]) => !servers.has(key)).map(([, server]) => server);
  return { servers: [...servers.values()], added, removed };
}
