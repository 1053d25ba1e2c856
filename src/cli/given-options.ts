import type { FrontOptions } from "../front/options.ts";

/** Options of a front as flags have them: `undefined` where a flag was not given. */
export type GivenOptions = { [K in keyof FrontOptions]?: FrontOptions[K] | undefined };
