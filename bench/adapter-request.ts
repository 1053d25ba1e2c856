import { encodePacket } from "uwsgi-bridge/codec";
import { SAMPLE_VARS } from "./codec-sample.ts";

/** How a load client speaks to a server: a uwsgi packet to our worker, HTTP to node:http. */
export type Language = "uwsgi" | "http";

const fields = new Map(SAMPLE_VARS);

export const SAMPLE_TARGET: string = fields.get("REQUEST_URI") ?? "/";

/** The same request in both languages, as nginx would send it without keeping the connection. */
export function requestIn(language: Language): Buffer {
  return language === "uwsgi"
    ? Buffer.from(encodePacket({ modifier1: 0, modifier2: 0, vars: SAMPLE_VARS }))
    : httpText();
}

function httpText(): Buffer {
  const lines = [`GET ${SAMPLE_TARGET} HTTP/1.1`];
  for (const [key, value] of SAMPLE_VARS) {
    if (key.startsWith("HTTP_")) lines.push(`${key.slice("HTTP_".length).replaceAll("_", "-")}: ${value}`);
  }
  return Buffer.from([...lines, "Connection: close", "", ""].join("\r\n"));
}
