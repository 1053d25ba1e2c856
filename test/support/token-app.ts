/** Answers with `version`, the number of its process, its token and how its environ sees it; `/hang` never ends, `/die` ends the process. */
export function appSource(version: string): string {
  return `import { appendFileSync } from "node:fs";
export const application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  if (environ.REQUEST_METHOD === "POST" && process.env.LEDGER) appendFileSync(process.env.LEDGER, body.toString() + "\\n");
  if (environ.PATH_INFO === "/die") process.exit(7);
  if (environ.PATH_INFO === "/slow") await new Promise((resolve) => setTimeout(resolve, 700));
  if (environ.PATH_INFO === "/hang") {
    console.log("hanging");
    await new Promise(() => setInterval(() => {}, 1000));
  }
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from(["${version}", process.pid, environ["uwsgi_bridge.worker"], body.toString() || environ.QUERY_STRING].join(" "))];
};
`;
}

/** What an application of {@link appSource} has answered. */
export interface Answer {
  readonly version: string;
  readonly pid: number;
  readonly worker: number;
  readonly token: string;
}

export function answerOf(text: string): Answer {
  const [version = "", pid, worker, token = ""] = text.split(" ");
  return { version, pid: Number(pid), worker: Number(worker), token };
}
