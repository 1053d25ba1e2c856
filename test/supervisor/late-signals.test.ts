import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { sendHttp } from "../support/http-client.ts";
import { isAccepting } from "../support/ports.ts";
import { sleep } from "../support/wait.ts";
import { AppFolder, startServe } from "./supervised.ts";

/** Answers when there is a file of this name beside it. */
const PATIENT_APP = `import { existsSync } from "node:fs";
export const application = async (_environ, startResponse) => {
  console.log("begun");
  while (!existsSync(new URL("go", import.meta.url))) await new Promise((resolve) => setTimeout(resolve, 10));
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from("whole")];
};
`;

test("signals for a service that serves do nothing to one that finishes what was begun", async () => {
  const folder = await AppFolder.create(PATIENT_APP);
  const served = await startServe(folder, ["-p", "1"]);
  const answer = sendHttp(served.port);
  await served.program.untilOutput(/begun/);
  await served.signal("SIGTERM");
  const address = { host: "127.0.0.1", port: served.port };
  while (await isAccepting(address)) await sleep(10);
  for (const name of ["SIGHUP", "SIGTTIN", "SIGTTOU"] as const) await served.signal(name);
  await writeFile(folder.file("go"), "");
  expect(await answer).toMatchObject({ status: 200, text: "whole" });
  await served.program.untilOutput(/guard: exit code 0/);
  expect(served.workerPids()).toHaveLength(1);
});
