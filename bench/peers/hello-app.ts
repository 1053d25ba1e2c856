import type { Application } from "uwsgi-bridge";
import { HELLO } from "../hello.ts";

const body = Buffer.from(HELLO);
const headers: [string, string][] = [
  ["Content-Type", "text/plain"],
  ["Content-Length", String(body.length)],
];

/** The gateway application behind the worker and `serve`. */
export const application: Application = (_environ, startResponse) => {
  startResponse("200 OK", headers);
  return [body];
};
