import type { UwsgiResponse } from "../client/request.ts";
import type { Packet } from "../codec/packet.ts";
import { varsSize } from "../codec/vars.ts";
import { modifierName } from "../inspect/modifier-names.ts";
import { varTable } from "../inspect/packet-report.ts";
import { printable } from "../inspect/printable.ts";
import { count, formatMs } from "../inspect/quantities.ts";
import { shownValue } from "../inspect/secrets.ts";
import { formatEndpoint, type Target } from "../net/endpoint.ts";

/** What is sent, for a person. */
export function requestTrace(target: Target, packet: Packet, showSecrets: boolean): string[] {
  const { modifier1, modifier2, vars } = packet;
  const length = vars.find(([name]) => name === "CONTENT_LENGTH")?.[1];
  return [
    `* to ${formatEndpoint(target)}`,
    `> modifier1 ${modifier1} (${modifierName(modifier1)}), modifier2 ${modifier2}`,
    `> ${count(vars.length, "var")} in ${count(varsSize(vars), "byte")}`,
    ">  bytes  var",
    ...varTable(vars, showSecrets).map((line) => `> ${line}`),
    length === undefined ? "> no body" : `> ${length} bytes of body`,
  ];
}

/** The head that came back, for a person. */
export function headTrace({ status, reason, headers }: UwsgiResponse, showSecrets: boolean): string[] {
  return [
    `< ${status} ${printable(reason)}`,
    ...headers.map(([name, value]) => `< ${name}: ${shownValue(name, value, showSecrets)}`),
  ];
}

/** How long it took; all times from the start. */
export function timingTrace(
  times: { readonly headMs: number; readonly endMs: number },
  bodyBytes: number,
): string {
  return `* head after ${formatMs(times.headMs)}, all ${count(bodyBytes, "byte")} of body after ${formatMs(times.endMs)}`;
}
