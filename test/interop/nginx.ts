import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../support/ports.ts";
import { type Program, startProgram } from "../support/process.ts";

/** Debian's list of vars, as nginx users include it. */
const UWSGI_PARAMS = "/etc/nginx/uwsgi_params";

/** A running nginx. */
export interface Nginx {
  /** The port of each server, in the order of the addresses. */
  readonly ports: readonly number[];
  readonly program: Program;
}

/**
 * Start nginx with a server per uwsgi address. Requests below `/unbuffered/` pass on their bodies as they come.
 *
 * @param addresses - As `uwsgi_pass` takes them.
 * @param extra - More lines for the http block, in parts; `{port}` becomes a port of its own in each, the last ones in the list.
 */
export async function startNginx(
  directory: string,
  addresses: readonly string[],
  ...extra: readonly string[]
): Promise<Nginx> {
  const home = join(directory, "nginx");
  await mkdir(home);
  await copyFile(UWSGI_PARAMS, join(home, "uwsgi_params"));
  const ports: number[] = [];
  const servers: string[] = [];
  for (const address of addresses) {
    const port = await freePort();
    ports.push(port);
    servers.push(server(port, address));
  }
  for (const lines of extra) {
    const port = await freePort();
    ports.push(port);
    servers.push(lines.replaceAll("{port}", String(port)));
  }
  const file = join(home, "nginx.conf");
  await writeFile(file, configuration(home, servers));
  const program = startProgram("nginx", ["-e", "stderr", "-p", home, "-c", file]);
  for (const port of ports) await program.untilListening({ host: "127.0.0.1", port });
  return { ports, program };
}

function configuration(home: string, servers: readonly string[]): string {
  const user = process.getuid?.() === 0 ? "user www-data;" : "";
  return `${user}
daemon off;
worker_processes 1;
pid ${home}/pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${home}/body;
  proxy_temp_path ${home}/proxy;
  fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi;
  scgi_temp_path ${home}/scgi;
  client_max_body_size 64m;
  ${servers.join("\n")}
}
`;
}

function server(port: number, address: string): string {
  return `server {
    listen 127.0.0.1:${port};
    location / {
      include uwsgi_params;
      uwsgi_pass ${address};
    }
    location /unbuffered/ {
      include uwsgi_params;
      uwsgi_pass ${address};
      uwsgi_request_buffering off;
    }
  }`;
}
