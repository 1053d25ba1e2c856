import { startHttpCli } from "../support/cli-program.ts";
import type { Program } from "../support/process.ts";

/** Our front, started from the command line. */
export interface FrontProgram {
  /** Where it serves HTTP on 127.0.0.1. */
  readonly port: number;
  readonly program: Program;
  /** What it has logged about the request whose error page this is. */
  lineAbout(errorPage: string): Promise<Record<string, unknown>>;
}

/** Start `uwsgi-bridge front` on a free port. */
export async function startFront(to: string, flags: readonly string[] = []): Promise<FrontProgram> {
  const { port, program } = await startHttpCli(["front", "--to", to, ...flags]);
  return {
    port,
    program,
    lineAbout: async (errorPage) => {
      const [, id = "none"] = /^request (\S+)$/m.exec(errorPage) ?? [];
      const [line] = await program.untilOutput(new RegExp(`^{.*"requestId":"${id}".*}\\n`, "m"));
      return JSON.parse(line) as Record<string, unknown>;
    },
  };
}
