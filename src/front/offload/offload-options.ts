import { isAbsolute } from "node:path";
import { ConfigError } from "../../errors.ts";
import type { OffloadRoots } from "./offload-path.ts";

/** Options of sending files in place of the bodies of applications, those behind uwsgi servers: what an HTTP server names is not sent. */
export interface OffloadOptions {
  /**
   * Directories whose files an application may name with `X-Accel-Redirect`, by what stands in front of the path:
   * `{ "/protected": "/srv/files" }` sends `/srv/files/a.pdf` for `/protected/a.pdf`. Absolute paths. @defaultValue none
   */
  readonly accelRoots?: Readonly<Record<string, string>>;
  /** Directories whose files an application may name with `X-Sendfile`, by their absolute path. @defaultValue none */
  readonly sendfileRoots?: readonly string[];
}

/**
 * The directories as {@link offloadWish} takes them.
 *
 * @throws {@link ConfigError} for a prefix or a directory that is not absolute.
 */
export function offloadRoots({ accelRoots, sendfileRoots }: Required<OffloadOptions>): OffloadRoots {
  return {
    accel: Object.entries(accelRoots).map(([prefix, directory]) => {
      if (!prefix.startsWith("/") || prefix.split("/").includes(".."))
        throw new ConfigError(
          "accelRoots",
          `${JSON.stringify(prefix)} is no prefix of a path such as "/protected"`,
        );
      return [inBytes(prefix.replace(/\/+$/, "")), directoryPath("accelRoots", directory)];
    }),
    sendfile: sendfileRoots.map((directory) => directoryPath("sendfileRoots", directory)),
  };
}

function directoryPath(option: string, directory: string): string {
  if (!isAbsolute(directory))
    throw new ConfigError(option, `${JSON.stringify(directory)} is no absolute path`);
  return inBytes(directory);
}

/** A character per byte, as header values are. */
function inBytes(text: string): string {
  return Buffer.from(text).toString("latin1");
}
