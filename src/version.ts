import { createRequire } from "node:module";

/** By its name: the way up to the manifest is longer for compiled files. */
const manifest = createRequire(import.meta.url)("uwsgi-bridge/package.json") as { version: string };

/** Version of this package, as its manifest states it. */
export const VERSION: string = manifest.version;
