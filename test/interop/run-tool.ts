import { spawn } from "node:child_process";
import { buffer, text } from "node:stream/consumers";
import { serverEnv } from "../support/process.ts";

/** What a program has done. */
export interface ToolResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const LIMIT_MS = 60_000;

/** Run a program to its end, without a shell. */
export async function runTool(
  command: string,
  args: readonly string[],
  input: Uint8Array | string = "",
): Promise<ToolResult> {
  // Proxies of the machine are not for a server on it.
  const env = { ...serverEnv, no_proxy: "*", http_proxy: "" };
  const child = spawn(command, args, { env, timeout: LIMIT_MS, stdio: "pipe" });
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve)),
  ]);
  return { code, stdout, stderr };
}
