import { mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Places } from "./places.ts";
import { staticSite } from "./static-site.ts";
import type { Workspace } from "./workspace.ts";

/** What Debian's uwsgi_params holds. */
const UWSGI_PARAMS = [
  "QUERY_STRING $query_string",
  "REQUEST_METHOD $request_method",
  "CONTENT_TYPE $content_type",
  "CONTENT_LENGTH $content_length",
  "REQUEST_URI $request_uri",
  "PATH_INFO $document_uri",
  "DOCUMENT_ROOT $document_root",
  "SERVER_PROTOCOL $server_protocol",
  "REQUEST_SCHEME $scheme",
  "HTTPS $https if_not_empty",
  "REMOTE_ADDR $remote_addr",
  "REMOTE_PORT $remote_port",
  "SERVER_PORT $server_port",
  "SERVER_NAME $server_name",
];

/**
 * Write a configuration with one server per path through nginx, and the static file. One nginx process, as there is one front
 * process; everything that is not needed to carry the request is left at nginx's defaults, but for the logs.
 *
 * @returns The arguments to start nginx with.
 */
export function nginxArguments(workspace: Workspace, { ports, ...sockets }: Places): string[] {
  mkdirSync(workspace.path("nginx"), { recursive: true });
  const servers = [
    server(ports.nginxToUwsgi, uwsgiPass(`unix:${sockets.uwsgiSocket}`)),
    server(ports.nginxToWorkerUnix, uwsgiPass(`unix:${sockets.workerSocket}`)),
    server(ports.nginxToWorkerTcp, uwsgiPass(`127.0.0.1:${ports.worker}`)),
    server(ports.nginxToNodeUnix, [`proxy_pass http://unix:${sockets.nodeSocket}`]),
    server(ports.nginxToNodeTcp, [`proxy_pass http://127.0.0.1:${ports.nodeHttp}`]),
    server(ports.nginxStatic, [`root ${staticSite(workspace)}`, "sendfile on"]),
  ];
  const config = `${userLine()}daemon off;
worker_processes 1;
pid ${workspace.path("nginx/pid")};
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  types { text/plain txt; }
  default_type text/plain;
${temporaryPaths(workspace)}
${servers.join("\n")}
}
`;
  return ["-e", "stderr", "-p", workspace.directory, "-c", workspace.write("nginx/nginx.conf", config)];
}

/** As root, nginx would switch to a user who may not enter our directory. */
function userLine(): string {
  return process.getuid?.() === 0 ? `user ${userInfo().username};\n` : "";
}

function temporaryPaths(workspace: Workspace): string {
  return ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${join(workspace.directory, "nginx", name)};`)
    .join("\n");
}

function uwsgiPass(target: string): string[] {
  return [`uwsgi_pass ${target}`, ...UWSGI_PARAMS.map((param) => `uwsgi_param ${param}`)];
}

function server(port: number, directives: readonly string[]): string {
  return `  server {
    listen 127.0.0.1:${port};
    location / {
${directives.map((directive) => `      ${directive};`).join("\n")}
    }
  }`;
}
