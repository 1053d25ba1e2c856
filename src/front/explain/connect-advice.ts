import type { AdviceRule } from "./advice-rule.ts";
import type { Failure, SocketFile } from "./failure.ts";

const CODE = "UWB_ERR_UPSTREAM_CONNECT";

/** What to do when no connection to a server was made. */
export const CONNECT_ADVICE: readonly AdviceRule[] = [
  {
    // The system calls it refused.
    code: CODE,
    when: ({ errno, socketFile }) => errno === "ENOTSOCK" || socketFile?.kind === "other",
    advise: ({ target = "" }) => ({
      what: `${bare(target)} is not a socket.`,
      next: ["Name the file that the worker creates with its `--socket`."],
    }),
  },
  {
    code: CODE,
    when: ({ errno }) => errno === "ECONNREFUSED",
    advise: ({ target = "", socketFile }) => ({
      what: `Nobody listens at ${target}: the connection was refused.`,
      next: [
        ...(socketFile ? ["The socket file is what a server that has ended left behind."] : []),
        `Is the worker running? Start it: \`uwsgi-bridge worker app.ts --socket ${target}\`, or \`uwsgi --socket ${bare(target)} --module app\`.`,
        "Is this its address? For uWSGI that of `socket`, not of `http` or `http-socket`.",
      ],
    }),
  },
  {
    code: CODE,
    when: ({ errno }) => errno === "ENOENT",
    advise: ({ target = "", socketFile }) => ({
      what: `There is no socket file ${bare(target)}.`,
      next: [
        ...(socketFile?.kind === "no-directory"
          ? [
              "Its directory does not exist either: create it, or correct the path (systemd: RuntimeDirectory=).",
            ]
          : []),
        `Is the worker running? Start it: \`uwsgi-bridge worker app.ts --socket ${target}\`, or \`uwsgi --socket ${bare(target)} --module app\`.`,
        "Do both see the same file system? A container, or PrivateTmp= of systemd, has a /tmp of its own.",
      ],
    }),
  },
  {
    code: CODE,
    when: ({ errno }) => errno === "EACCES" || errno === "EPERM",
    advise: ({ target = "", socketFile }) => ({
      what: `This process may not open the socket ${bare(target)}${permissions(socketFile)}.`,
      next: [
        "Let both run under a common group and give the socket to it: `--chown-socket :GROUP --chmod-socket 660` at the worker, `chown-socket` and `chmod-socket` in uWSGI.",
        "Every directory above it needs the permission to be entered (x).",
      ],
    }),
  },
  {
    code: CODE,
    when: ({ phase }) => phase === "resolve",
    advise: ({ target = "", errno }) => ({
      what: `The host name of ${target} could not be looked up (${errno}).`,
      next:
        errno === "ENOTFOUND"
          ? ["Is it spelt right, and known to the resolver of this machine: `getent hosts NAME`?"]
          : ["The name server did not answer: try again, or look at /etc/resolv.conf."],
    }),
  },
  {
    code: CODE,
    when: ({ errno }) => errno === "EHOSTUNREACH" || errno === "ENETUNREACH" || errno === "ETIMEDOUT",
    advise: ({ target = "", errno }) => ({
      what: `There is no way to ${target} (${errno}).`,
      next: ["Is the address right, the machine up, and no firewall between?"],
    }),
  },
  {
    code: CODE,
    when: ({ errno }) => errno === "EMFILE" || errno === "ENFILE",
    advise: ({ errno }) => ({
      what: `No descriptor is left to connect with (${errno}).`,
      next: ["Raise `ulimit -n` (systemd: LimitNOFILE=), or lower `--max-connections`."],
    }),
  },
  {
    code: CODE,
    advise: ({ target = "", errno }) => ({
      what: `No connection to ${target} could be made${errno === undefined ? "" : ` (${errno})`}.`,
      next: ["Is the worker running, and is this its address?"],
    }),
  },
  {
    code: "UWB_ERR_UPSTREAM_UNRESOLVED",
    advise: ({ reason }) => ({
      what: `The names of the servers could not be looked up: ${reason}.`,
      next: [
        "Are they spelt right, and known to the resolver of this machine: `getent hosts NAME`? It is asked again every second.",
      ],
    }),
  },
  {
    code: "UWB_ERR_UPSTREAM_CONNECT_TIMEOUT",
    advise: ({ target = "", limits }) => ({
      what: `${target} did not accept the connection within ${ms(limits?.connectTimeoutMs)}.`,
      next: [
        "A host that drops packets does that, or a server that is stopped, or one whose queue is full (`listen` in uWSGI, `--listen` of our worker).",
        "`--connect-timeout` raises the limit.",
      ],
    }),
  },
  {
    code: "UWB_ERR_UPSTREAM_BUSY",
    advise: ({ target = "", limits }) => ({
      what: `All connections to ${target} are taken, and none became free within ${ms(limits?.queueTimeoutMs)}, or too many requests wait already.`,
      next: [
        "More processes of the worker, if the machine has room for them; else a faster application.",
        "`--max-conns-per-backend`, `--backend-queue-size` and `--queue-timeout` raise the limits; on a Unix socket, a longer backlog (`--listen`, `listen` in uWSGI).",
      ],
    }),
  },
  {
    code: "UWB_ERR_UPSTREAM_REFUSED",
    advise: ({ target = "" }) => ({
      what: `${target} is about to end, and took no request.`,
      next: ["Is every worker shutting down at the same time? It passes when one is back."],
    }),
  },
];

/** As uWSGI writes addresses. */
function bare(target: string): string {
  return target.replace(/^unix:/, "");
}

function permissions(file: SocketFile | undefined): string {
  if (file?.kind === "hidden") return ": a directory above it is closed";
  if (file?.mode === undefined) return "";
  const own = file.ownUid === undefined ? "" : `; this process runs as user ${file.ownUid}`;
  return `: its mode is ${file.mode}, owned by user ${file.uid}, group ${file.gid}${own}`;
}

function ms(limit: Failure["varsBytes"]): string {
  return `${limit ?? "?"} ms`;
}
