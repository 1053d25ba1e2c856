import type { ListenOptions } from "node:net";
import { InvalidArgumentError } from "commander";
import type { FrontAddress } from "../../protocol/conformance/front/http-connection.ts";
import type { Target } from "../net/endpoint.ts";

const HTTP_PORT = 80;

/** How the worker listens that a suite plays. The front may run as any user. */
export function scriptedListenOptions(target: Target): ListenOptions {
  return target.type === "unix"
    ? { path: target.path, readableAll: true, writableAll: true }
    : { host: target.host, port: target.port };
}

/** Read the address of a front under test, for commander. */
export function parseFrontUrl(text: string): FrontAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" || url.search !== "" || url.hash !== "" || url.username !== "")
    throw new InvalidArgumentError("Expected http://host:port, with a path if need be.");
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? HTTP_PORT : Number(url.port),
    base: url.pathname.replace(/\/$/, ""),
  };
}
