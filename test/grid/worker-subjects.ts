import { fileURLToPath } from "node:url";
import { VERSION } from "../../src/version.ts";
import { startUwsgi } from "../interop/uwsgi.ts";
import { startCli } from "../support/cli-program.ts";
import { type Program, startProgram } from "../support/process.ts";
import { programVersion } from "./program-version.ts";
import type { Place, Running, Subject } from "./subject.ts";

const CONTRACT_APP = fileURLToPath(new URL("../../protocol/contract-app", import.meta.url));
const HARDENED = ["--buffer-size", "65535", "--max-vars", "1000", "--catch-exceptions", "--wsgi-strict"];
/** Short, so that the cases about silence end soon: the defaults are 10 s and 30 s, and 60 s for the router. */
const OUR_FLAGS = ["--header-timeout", "1s", "--body-timeout", "1s"];
const ROUTER_FLAGS = ["--fastrouter-timeout", "20"];

/** uWSGI with its own interpreter, and ours, over both transports. */
export const workerSubjects: readonly Subject[] = [
  uwsgi("uwsgi", "uWSGI", []),
  uwsgi("uwsgi-hardened", "uWSGI hardened", HARDENED),
  {
    id: "fastrouter-worker",
    name: "fastrouter",
    suite: "worker",
    needs: ["uwsgi"],
    isOurs: false,
    setup:
      "`uwsgi --fastrouter ADDRESS --fastrouter-to WORKER --fastrouter-timeout 20` before our worker: what differs from it is the router's",
    version: uwsgiVersion,
    start: startFastrouter,
  },
  ours("tcp"),
  ours("unix"),
];

/** gunicorn from a checkout, or an unpacked package, of its source. */
export function gunicornSubject(directory: string): Subject {
  const env = { PYTHONPATH: directory, PYTHONDONTWRITEBYTECODE: "1" };
  return {
    id: "gunicorn",
    name: "gunicorn",
    suite: "worker",
    needs: [],
    isOurs: false,
    setup: "`gunicorn --protocol uwsgi --workers 1 --worker-class gthread --threads 4`",
    version: () => programVersion("python3", ["-m", "gunicorn", "--version"], env),
    start: async (place) => {
      const address = `127.0.0.1:${await place.port()}`;
      const flags = ["--protocol", "uwsgi", "--workers", "1", "--worker-class", "gthread", "--threads", "4"];
      const program = startProgram(
        "python3",
        ["-m", "gunicorn", ...flags, "--bind", address, "--chdir", CONTRACT_APP, "app:application"],
        { cwd: place.directory, env },
      );
      return listening(program, address);
    },
  };
}

function uwsgi(id: string, name: string, flags: readonly string[]): Subject {
  return {
    id,
    name,
    suite: "worker",
    needs: ["uwsgi"],
    isOurs: false,
    setup: ["`uwsgi --master --processes 1 --need-app", ...flags].join(" ").concat("`"),
    version: uwsgiVersion,
    start: async ({ directory, port }) => {
      const number = await port();
      const own = ["--socket", `127.0.0.1:${number}`, "--wsgi-file", `${CONTRACT_APP}/app.py`];
      const program = await startUwsgi(
        [...own, "--processes", "1", "--need-app", ...flags],
        [{ host: "127.0.0.1", port: number }],
        { cwd: directory },
      );
      return running(`127.0.0.1:${number}`, [program]);
    },
  };
}

function ours(transport: "tcp" | "unix"): Subject {
  return {
    id: `ours-${transport}`,
    name: transport === "tcp" ? "ours, TCP" : "ours, Unix",
    suite: "worker",
    needs: [],
    isOurs: true,
    setup: ["`uwsgi-bridge worker", ...OUR_FLAGS].join(" ").concat("`"),
    version: () => VERSION,
    start: async (place) => {
      const address =
        transport === "tcp" ? `127.0.0.1:${await place.port()}` : `unix:${place.directory}/app.sock`;
      return listening(startOurs(address), address);
    },
  };
}

async function startFastrouter(place: Place): Promise<Running> {
  const worker = `127.0.0.1:${await place.port()}`;
  const ours = await listening(startOurs(worker), worker);
  const port = await place.port();
  const router = await startUwsgi(
    ["--fastrouter", `127.0.0.1:${port}`, "--fastrouter-to", worker, ...ROUTER_FLAGS],
    [{ host: "127.0.0.1", port }],
    { cwd: place.directory },
  );
  return {
    flags: ["--target", `127.0.0.1:${port}`],
    stop: async () => {
      await router.stop();
      await ours.stop();
    },
  };
}

function startOurs(address: string): Program {
  return startCli([
    "worker",
    `${CONTRACT_APP}/app.ts`,
    "--socket",
    address,
    "--log-level",
    "silent",
    ...OUR_FLAGS,
  ]);
}

async function listening(program: Program, address: string): Promise<Running> {
  const [host = "", port] = address.split(":");
  await program.untilListening(host === "unix" ? { path: port ?? "" } : { host, port: Number(port) });
  return running(address, [program]);
}

function running(address: string, programs: readonly Program[]): Running {
  return {
    flags: ["--target", address],
    stop: async () => {
      for (const program of programs) await program.stop();
    },
  };
}

function uwsgiVersion(): string {
  return programVersion("uwsgi", ["--version"]);
}
