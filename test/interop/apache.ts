import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../support/ports.ts";
import { type Program, startProgram } from "../support/process.ts";
import { APACHE_MODULES } from "./installations.ts";

/** A running Apache. */
export interface Apache {
  /** The port of each virtual host, in the order of the backends. */
  readonly ports: readonly number[];
  readonly program: Program;
}

const MODULES = ["mpm_event", "authz_core", "proxy", "proxy_uwsgi"];

/**
 * Start Apache with a virtual host per uwsgi server. `/mount/` of each is the root of the application, and all else is
 * passed on with its whole path.
 *
 * @param backends - As ProxyPass takes them: `uwsgi://host:port` or `unix:/path|uwsgi://name`.
 */
export async function startApache(directory: string, backends: readonly string[]): Promise<Apache> {
  const home = join(directory, "apache");
  await mkdir(home);
  const hosts: { port: number; backend: string }[] = [];
  for (const backend of backends) hosts.push({ port: await freePort(), backend });
  const file = join(home, "apache.conf");
  await writeFile(file, configuration(home, hosts));
  const program = startProgram("apache2", ["-D", "FOREGROUND", "-f", file]);
  for (const { port } of hosts) await program.untilListening({ host: "127.0.0.1", port });
  return { ports: hosts.map(({ port }) => port), program };
}

function configuration(home: string, hosts: readonly { port: number; backend: string }[]): string {
  const user = process.getuid?.() === 0 ? "User www-data\nGroup www-data" : "";
  return `ServerRoot ${home}
DefaultRuntimeDir ${home}
PidFile ${home}/pid
ErrorLog ${home}/error.log
LogLevel warn
ServerName localhost
${user}
${MODULES.map((name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`).join("\n")}
StartServers 1
ThreadsPerChild 16
MaxRequestWorkers 16
ProxyTimeout 10
${hosts.map(virtualHost).join("\n")}
`;
}

function virtualHost({ port, backend }: { port: number; backend: string }): string {
  return `Listen 127.0.0.1:${port}
<VirtualHost 127.0.0.1:${port}>
  ProxyPass /mount/ ${backend}/
  ProxyPass / ${backend}/
</VirtualHost>`;
}
