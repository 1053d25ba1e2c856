/**
 * Flags under the names that uWSGI, gunicorn and nginx users know. Each is read as the flag it stands for, and help names only the latter.
 */
const ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  front: {
    "--bind": "--http",
    "--http-to": "--to",
    "--upstream": "--to",
    "--http-timeout": "--read-timeout",
    "--limit-post": "--client-max-body-size",
    "--http-var": "--param",
    "--uwsgi-param": "--param",
    "--http-modifier1": "--modifier1",
    "--http-modifier2": "--modifier2",
    "--backlog": "--listen",
  },
  worker: {
    "--uwsgi-socket": "--socket",
    "--bind": "--socket",
    "--uwsgi-allow-from": "--allow-from",
    "--worker-reload-mercy": "--graceful-timeout",
    "--kill-timeout": "--graceful-timeout",
    "--worker-connections": "--concurrency",
    "--backlog": "--listen",
    "--cwd": "--chdir",
    "--timeout": "--harakiri",
    "--workers": "--processes",
    "-w": "--processes",
    "--instances": "--processes",
    "--reload": "--watch",
    "--max-memory-restart": "--reload-on-rss",
  },
};

/** Replace the aliases among the arguments of a command, which is the first of them. What follows `--` is left alone. */
export function withoutAliases(args: readonly string[]): string[] {
  const [command = ""] = args;
  const table =
    command === "serve" ? { ...ALIASES["worker"], ...ALIASES["front"] } : (ALIASES[command] ?? {});
  const end = args.indexOf("--");
  return args.map((arg, index) => {
    if (end !== -1 && index > end) return arg;
    const [flag = "", ...value] = arg.split("=");
    const meant = table[flag];
    return meant === undefined ? arg : [meant, ...value].join("=");
  });
}

/** The aliases of a command, for its help. */
export function aliasHelp(command: "front" | "worker"): string {
  const entries = Object.entries(ALIASES[command] ?? {});
  return `Other names: ${entries.map(([alias, flag]) => `${alias} (${flag})`).join(", ")}.`;
}
