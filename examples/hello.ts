import type { Application } from "uwsgi-bridge";

/** The smallest gateway application: it answers every request with the same text. */
export const application: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [Buffer.from(`Hello from ${environ.PATH_INFO}\n`)];
};
