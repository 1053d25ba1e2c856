import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { NodeListener } from "uwsgi-bridge/adapters";

type Handle = (request: Request) => Response | Promise<Response>;

/** The shortest way from node:http to a fetch handler with Node's own Request and Response: what these two cost is in it, and little else. */
export function nativeFetchListener(handle: Handle): NodeListener {
  return async (incoming, outgoing) => {
    const abort = new AbortController();
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) abort.abort();
    });
    await send(await handle(requestOf(incoming, abort.signal)), outgoing);
  };
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET", url = "/", rawHeaders } = incoming;
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  const init: RequestInit = { method, headers, signal };
  if (method !== "GET" && method !== "HEAD") {
    Object.assign(init, { body: Readable.toWeb(incoming), duplex: "half" });
  }
  return new Request(new URL(url, `http://${incoming.headers.host}`), init);
}

async function send({ status, headers, body }: Response, outgoing: ServerResponse): Promise<void> {
  // The end of the connection ends the body, as in the worker.
  outgoing.removeHeader("Transfer-Encoding");
  outgoing.writeHead(status, [...headers].flat());
  const reader = body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (part?.value === undefined) break;
    if (!outgoing.write(part.value)) await new Promise((resolve) => outgoing.once("drain", resolve));
  }
  outgoing.end();
}
