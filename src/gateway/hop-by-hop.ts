/**
 * Fields that belong to the connection, in lower case. They are the server's: PEP 3333 asks to refuse them, and the adapters of other
 * interfaces take them out.
 */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
