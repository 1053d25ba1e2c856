import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startHttpCli } from "../support/cli-program.ts";
import { freePort } from "../support/ports.ts";
import { startProgram } from "../support/process.ts";
import type { Transport } from "../support/workers.ts";

/** The two programs of an example, started with the commands of its README. */
export interface StartedExample {
  /** Where the front serves HTTP on 127.0.0.1. */
  readonly port: number;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The addresses in the commands, which a test replaces. */
const UWSGI_ADDRESS = "127.0.0.1:3031";
const HTTP_ADDRESS = "127.0.0.1:8080";

/** Run the commands that the README of an example gives: uWSGI first, then the front. Only the addresses are replaced. */
export async function startExample(
  name: string,
  { transport, directory, env }: { transport: Transport; directory: string; env?: Record<string, string> },
): Promise<StartedExample> {
  const [uwsgi, front, ...others] = commandsOf(name);
  if (uwsgi?.[0] !== "uwsgi" || front?.slice(0, 2).join(" ") !== "npx uwsgi-bridge" || others.length > 0)
    throw new Error(`examples/${name}/README.md must give two commands: uwsgi and npx uwsgi-bridge`);

  const path = join(directory, `${name}.sock`);
  const port = await freePort();
  const server = startProgram(
    "uwsgi",
    uwsgi
      .slice(1)
      .map((arg) => replaced(arg, UWSGI_ADDRESS, transport === "tcp" ? `127.0.0.1:${port}` : path)),
    { cwd: ROOT, env: env ?? {} },
  );
  await server.untilListening(transport === "tcp" ? { host: "127.0.0.1", port } : { path });
  // The port is open before the application is loaded; after this line it is.
  await server.untilOutput(/spawned uWSGI worker 2/);
  const target = transport === "tcp" ? `127.0.0.1:${port}` : `unix:${path}`;
  const http = front.indexOf(HTTP_ADDRESS);
  if (front[http - 1] !== "--http")
    throw new Error(`the front of examples/${name} must serve ${HTTP_ADDRESS}`);
  const args = front.toSpliced(http - 1, 2).slice(2);
  const started = await startHttpCli(args.map((arg) => replaced(arg, UWSGI_ADDRESS, target)));
  return {
    port: started.port,
    stop: async () => {
      await started.program.stop();
      await server.stop();
    },
  };
}

/** The commands in the first shell block of a README, a list of words each. */
function commandsOf(name: string): string[][] {
  const text = readFileSync(join(ROOT, "examples", name, "README.md"), "utf8");
  const [, block = ""] = /^```sh\n(.*?)^```$/ms.exec(text) ?? [];
  return block
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
}

function replaced(arg: string, address: string, by: string): string {
  return arg === address ? by : arg;
}
