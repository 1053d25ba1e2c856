type Aliases = Readonly<Record<string, string>>;

const HTTP: Aliases = {
  "--bind": "--http",
  "--http-timeout": "--read-timeout",
  "--limit-post": "--client-max-body-size",
  "--http-var": "--param",
  "--forwarded-allow-ips": "--trusted-proxies",
  "--set-real-ip-from": "--trusted-proxies",
  "--uwsgi-param": "--param",
  "--http-modifier1": "--modifier1",
  "--http-modifier2": "--modifier2",
};

const APPLICATION: Aliases = {
  "--worker-reload-mercy": "--graceful-timeout",
  "--kill-timeout": "--graceful-timeout",
  "--worker-connections": "--concurrency",
  "--timeout": "--harakiri",
  "--workers": "--processes",
  "-w": "--processes",
  "--instances": "--processes",
  "--reload": "--watch",
  "--max-memory-restart": "--reload-on-rss",
};

const LISTENING: Aliases = { "--backlog": "--listen" };

/**
 * Flags under the names that uWSGI, gunicorn and nginx users know, by command. Each is read as the flag it stands for, which that command
 * must have.
 */
const ALIASES: Readonly<Record<string, Aliases>> = {
  serve: { ...HTTP, ...APPLICATION, ...LISTENING },
  front: { ...HTTP, "--http-to": "--to", "--upstream": "--to", ...LISTENING },
  worker: {
    "--bind": "--socket",
    "--uwsgi-socket": "--socket",
    "--cwd": "--chdir",
    "--uwsgi-allow-from": "--allow-from",
    ...APPLICATION,
    ...LISTENING,
  },
};

const MARGIN = 2;

/** Replace the aliases among the arguments of a command, which is the first of them. What follows `--` is left alone. */
export function withoutAliases(args: readonly string[]): string[] {
  const table = ALIASES[args[0] ?? ""] ?? {};
  const end = args.indexOf("--");
  return args.map((arg, index) => {
    if (end !== -1 && index > end) return arg;
    const [flag = "", ...value] = arg.split("=");
    const meant = table[flag];
    return meant === undefined ? arg : [meant, ...value].join("=");
  });
}

/** The aliases of a command, for its help: a line for each. */
export function aliasHelp(command: "serve" | "front" | "worker"): string {
  const entries = Object.entries(ALIASES[command] ?? {});
  const width = Math.max(...entries.map(([alias]) => alias.length)) + MARGIN;
  const lines = entries.map(([alias, flag]) => `  ${alias.padEnd(width)}${flag}`);
  return ["Names from uWSGI, gunicorn and nginx that are understood as well:", ...lines].join("\n");
}
