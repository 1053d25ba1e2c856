import { spawnSync } from "node:child_process";
import { serverEnv } from "../support/process.ts";

/** The version a program prints, as in `nginx 1.22.1`; `unknown` when it prints none. */
export function programVersion(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): string {
  const { stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env: { ...serverEnv, ...env } });
  const [version] = /\d+\.\d+(?:\.\d+)?(?:-[a-z]+)?/.exec(`${stdout}${stderr}`) ?? [];
  return version ?? "unknown";
}
