import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Our own command line, for the processes that a supervisor starts. */
export const COMMAND: string = join(
  dirname(createRequire(import.meta.url).resolve("uwsgi-bridge/package.json")),
  "bin/uwsgi-bridge.js",
);
