import { readFileSync } from "node:fs";
import { startHttpCli } from "./cli-program.ts";
import type { Program } from "./process.ts";

/** The commands in the first comment of an example. */
export interface ExampleCommands {
  /** Packages after `npm install`. */
  readonly packages: readonly string[];
  /** Arguments after `npx uwsgi-bridge`. */
  readonly args: readonly string[];
}

/** Read the commands of an example such as `koa.ts`. */
export function commandsOf(file: string): ExampleCommands {
  const text = readFileSync(`examples/${file}`, "utf8");
  const [, args] = /^\/\/ {3}npx uwsgi-bridge (.+)$/m.exec(text) ?? [];
  const [, packages] = /^\/\/ {3}npm install (.+)$/m.exec(text) ?? [];
  if (args === undefined) throw new Error(`examples/${file} does not say how it is run`);
  return { packages: packages?.split(" ") ?? [], args: args.split(" ") };
}

/** Run an example as its reader would: with the command in its first comment, but on a free port. */
export function startExample(
  file: string,
  ...more: readonly string[]
): Promise<{ readonly port: number; readonly program: Program }> {
  return startHttpCli([...commandsOf(file).args, ...more]);
}
