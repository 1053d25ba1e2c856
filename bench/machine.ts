import { readdirSync, statSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** What the figures were taken on. */
export interface Machine {
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  /** Programs that wanted to run, on average over the last minute. */
  readonly load: number;
}

export function describeMachine(): Machine {
  return {
    node: process.version,
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    load: loadavg()[0] ?? 0,
  };
}

/** Why `dist`, which is what the command runs, is not what `src` says; `undefined` when it is. */
export function staleBuild(): string | undefined {
  const built = newestIn(join(ROOT, "dist"));
  if (built === 0) return "there is no dist: run npm run build first";
  return newestIn(join(ROOT, "src")) > built ? "dist is older than src: run npm run build first" : undefined;
}

/** When a file below a directory was last written, in milliseconds; 0 when there is none. */
function newestIn(directory: string): number {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return Math.max(0, ...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
  } catch {
    return 0;
  }
}
