import { fileURLToPath } from "node:url";

/** Our own command line, for the processes that a supervisor starts. */
export const COMMAND: string = fileURLToPath(new URL("../../bin/uwsgi-bridge.js", import.meta.url));
