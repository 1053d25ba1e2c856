import { expect, onTestFinished, test } from "vitest";
import { KeptConnection, offeringBytes } from "../support/kept-connection.ts";
import { until } from "../support/wait.ts";
import { startWorker } from "../support/workers.ts";

test("on a kept connection, too, a peer that takes nothing of its response is cut after sendTimeoutMs", async () => {
  const { endpoint, log, worker } = await startWorker(
    (environ, startResponse) => {
      startResponse("200 OK", []);
      if (environ.PATH_INFO === "/small") return [Buffer.from("small")];
      return (function* () {
        for (;;) yield Buffer.alloc(64 * 1024);
      })();
    },
    { sendTimeoutMs: 80 },
  );
  const connection = new KeptConnection(endpoint);
  onTestFinished(() => void connection.socket.destroy());
  expect((await connection.exchange(offeringBytes({ PATH_INFO: "/small" }))).body).toBe("small");
  connection.socket.pause();
  connection.socket.write(offeringBytes({ PATH_INFO: "/endless" }));
  await until(() => worker.stats().requests === 2, "the second request is run");
  await until(() => worker.stats().openConnections === 0, "the connection is cut");
  expect(log.codes).toEqual(["UWB_ERR_SEND_TIMEOUT"]);
});
