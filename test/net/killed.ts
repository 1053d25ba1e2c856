import { spawn } from "node:child_process";
import { once } from "node:events";

/** Leave a socket behind as a process does that is killed while it listens. @returns Its process number. */
export async function leaveDeadSocket(path: string): Promise<number> {
  const listenAndDie = `require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
  const child = spawn(process.execPath, ["-e", listenAndDie, path], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? 0;
}
