import { type Body, type Environ, json, type Route, type StartResponse } from "./contract.ts";
import { countersOf } from "./counters.ts";
import { faultRoutes } from "./routes/faults.ts";
import { inputRoutes } from "./routes/input.ts";
import { requestRoutes } from "./routes/request.ts";
import { responseRoutes } from "./routes/response.ts";
import { streamRoutes } from "./routes/stream.ts";

const routes: Readonly<Record<string, Route>> = {
  contract: (_environ, startResponse) =>
    json(startResponse, {
      contract: 1,
      language: `gateway, Node ${process.version}`,
      routes: Object.keys(routes),
    }),
  counts: (_environ, startResponse, token) => json(startResponse, countersOf(token)),
  ...requestRoutes,
  ...inputRoutes,
  ...responseRoutes,
  ...faultRoutes,
  ...streamRoutes,
};

/** The contract app for the gateway interface: one route per behaviour. README.md beside it describes them. */
export function application(environ: Environ, startResponse: StartResponse): Body | Promise<Body> {
  const path = String(environ["PATH_INFO"]);
  const [, name = "", token = ""] = path.split("/");
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (route) return route(environ, startResponse, token);
  startResponse("404 Not Found", [["Content-Type", "text/plain"]]);
  return [Buffer.from("no such route\n")];
}
