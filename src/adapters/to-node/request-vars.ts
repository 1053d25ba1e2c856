import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";

/** What a front would have sent for a request that Node's own server received: names and values, in order. */
export function varsOf(request: IncomingMessage): [name: string, value: string][] {
  const target = request.url ?? "/";
  const { path, query } = splitTarget(target);
  const { socket } = request;
  const isEncrypted = Reflect.get(socket, "encrypted") === true;
  const vars: [string, string][] = [
    ["REQUEST_METHOD", request.method ?? "GET"],
    ["REQUEST_URI", target],
    ["SCRIPT_NAME", ""],
    ["PATH_INFO", percentDecoded(path)],
    ["QUERY_STRING", query],
    ["SERVER_PROTOCOL", `HTTP/${request.httpVersion}`],
    ["SERVER_NAME", hostOf(socket.localAddress)],
    ["SERVER_PORT", String(socket.localPort ?? (isEncrypted ? 443 : 80))],
    ["REMOTE_ADDR", socket.remoteAddress ?? ""],
    ["REMOTE_PORT", String(socket.remotePort ?? "")],
    ["REQUEST_SCHEME", isEncrypted ? "https" : "http"],
  ];
  if (isEncrypted) vars.push(["HTTPS", "on"]);
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] as string;
    const value = request.rawHeaders[index + 1] as string;
    const key = varName(name);
    if (key !== undefined) vars.push([key, value]);
  }
  return vars;
}

/** `User-Agent` to `HTTP_USER_AGENT`; nothing for names that would mean another header behind their underscore. */
function varName(name: string): string | undefined {
  const key = name.toUpperCase().replaceAll("-", "_");
  if (name.includes("_") || key === "PROXY" || key === "TRANSFER_ENCODING") return undefined;
  return key === "CONTENT_TYPE" || key === "CONTENT_LENGTH" ? key : `HTTP_${key}`;
}

function splitTarget(target: string): { path: string; query: string } {
  const withoutOrigin = target.replace(/^https?:\/\/[^/?#]*/i, "");
  const at = withoutOrigin.indexOf("?");
  const path = at < 0 ? withoutOrigin : withoutOrigin.slice(0, at);
  return { path: path === "" ? "/" : path, query: at < 0 ? "" : withoutOrigin.slice(at + 1) };
}

function percentDecoded(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function hostOf(address: string | undefined): string {
  if (address === undefined || address === "") return "localhost";
  return isIPv6(address) ? `[${address}]` : address;
}
