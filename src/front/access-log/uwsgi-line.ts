import { varsSize } from "../../codec/vars.ts";
import type { AccessRecord } from "./access-record.ts";
import { escapeText } from "./log-escape.ts";
import type { LogTime } from "./log-time.ts";

/**
 * A line in the manner of uWSGI, for programs that read its log. A front has no applications and no cores: they are 0, and so is the count of
 * headers.
 */
export function uwsgiLine(pid: number): (record: AccessRecord, time: LogTime) => string {
  let requests = 0;
  return (record, time) => {
    requests += 1;
    const { remoteAddress, method, target, durationMs, protocol, status, bytes, bodyBytes, upstream } =
      record;
    const vars = upstream?.vars ?? [];
    return (
      `[pid: ${pid}|app: 0|req: ${requests}/${requests}] ${remoteAddress || "-"} () {${vars.length} vars in ${varsSize(vars)} bytes} ` +
      `[${time.common(record.atMs)}] ${escapeText(method) || "-"} ${escapeText(target) || "-"} => generated ${bodyBytes} bytes in ` +
      `${Math.round(durationMs)} msecs (${protocol} ${status}) 0 headers in ${bytes - bodyBytes} bytes (0 switches on core 0)`
    );
  };
}
