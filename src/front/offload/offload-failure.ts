import { ProtocolError } from "../../errors.ts";
import { isPassing } from "../files/passing-failure.ts";

/** What the client is told of a file it may not have. */
export function forbiddenFile(reason: string): ProtocolError {
  return new ProtocolError("UWB_ERR_FILE_FORBIDDEN", reason, { offset: 0, statusHint: 403 });
}

export function missingFile(): ProtocolError {
  return new ProtocolError("UWB_ERR_FILE_NOT_FOUND", "there is no such file", {
    offset: 0,
    statusHint: 404,
  });
}

/** @param cause - What the system says; its message has the path, which belongs into no log. */
export function unreadableFile(cause: unknown): ProtocolError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new ProtocolError("UWB_ERR_FILE_READ", `the file can not be read: ${code ?? message}`, {
    offset: 0,
    statusHint: code !== undefined && isPassing(code) ? 503 : 502,
  });
}
