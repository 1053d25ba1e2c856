import { type StatsListener, unwatchFile, watchFile } from "node:fs";

const LOOK_EVERY_MS = 500;

/**
 * Calls back when a file was touched, replaced or created. It is looked at from time to time, which also sees a link that points
 * elsewhere, as the mounted configuration of Kubernetes does. @returns How to stop.
 */
export function watchTouch(file: string, onTouch: (file: string) => void): () => void {
  const listener: StatsListener = (now, before) => {
    if (now.mtimeMs !== 0 && (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino)) onTouch(file);
  };
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, listener);
  return () => unwatchFile(file, listener);
}
