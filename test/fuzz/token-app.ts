import type { Application } from "../../src/gateway/types.ts";

/** Reads its body and answers with the path it was asked for, so that an answer can be told from that of another request. */
export const application: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", [["Content-Type", "text/plain; charset=iso-8859-1"]]);
  return [Buffer.from(`${environ.PATH_INFO} ${body.length}\n`, "latin1")];
};
