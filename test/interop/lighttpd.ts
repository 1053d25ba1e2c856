import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { freePort } from "../support/ports.ts";
import { type Program, startProgram } from "../support/process.ts";

/** A running lighttpd. */
export interface Lighttpd {
  readonly port: number;
  readonly program: Program;
}

/** Start lighttpd before one uwsgi server, with responses passed on as they come. */
export async function startLighttpd(directory: string, server: Endpoint): Promise<Lighttpd> {
  const home = join(directory, `lighttpd-${server.type}`);
  await mkdir(join(home, "uploads"), { recursive: true });
  // The parts of large uploads are written after lighttpd gave up being root.
  await chmod(join(home, "uploads"), 0o777);
  const port = await freePort();
  const file = join(home, "lighttpd.conf");
  await writeFile(file, configuration(home, port, server));
  const program = startProgram("lighttpd", ["-D", "-f", file]);
  await program.untilListening({ host: "127.0.0.1", port });
  return { port, program };
}

function configuration(home: string, port: number, server: Endpoint): string {
  const user = process.getuid?.() === 0 ? 'server.username = "www-data"' : "";
  const address =
    server.type === "tcp"
      ? `"host" => "${server.host}", "port" => ${server.port}`
      : `"socket" => "${server.type === "unix" ? server.path : ""}"`;
  return `server.modules = ( "mod_scgi" )
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${home}"
server.upload-dirs = ( "${home}/uploads" )
${user}
server.stream-response-body = 1
scgi.protocol = "uwsgi"
scgi.server = ( "/" => (( ${address}, "check-local" => "disable", "fix-root-scriptname" => "enable" )) )
`;
}
