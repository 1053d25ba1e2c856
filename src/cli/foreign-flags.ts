type Advice = Readonly<Record<string, string>>;

const HTTP: Advice = {
  "--port": "the port is part of the address: --http :3000",
  "--host": "the host is part of the address: --http 0.0.0.0:3000",
};

/** What to write in place of a flag of other servers that no flag of ours stands for by its name alone, by command. */
const ADVICE: Readonly<Record<string, Advice>> = {
  serve: HTTP,
  front: HTTP,
  worker: {
    "--http": "a worker speaks uwsgi: --socket ADDRESS; for HTTP use `uwsgi-bridge serve`",
    "--port": "the port is part of the address: --socket :3031",
    "--host": "the host is part of the address: --socket 127.0.0.1:3031",
  },
};

/**
 * What to do about the flag that a command does not know.
 *
 * @param message - Of commander: `error: unknown option '--port'`.
 * @returns `undefined` when nothing is known about it.
 */
export function foreignFlagAdvice(command: string, message: string): string | undefined {
  const [, flag = ""] = /unknown option '([^'=]+)/.exec(message) ?? [];
  return ADVICE[command]?.[flag];
}
