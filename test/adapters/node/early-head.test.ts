import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { fromNode } from "../../../src/adapters/index.ts";
import { offeringBytes } from "../../support/kept-connection.ts";
import { connectTo, requestBytes } from "../../support/raw-peer.ts";
import { startWorker } from "../../support/workers.ts";

const packets = { "a plain connection": requestBytes(), "a kept connection": offeringBytes() };

test.each(Object.entries(packets))(
  "res.flushHeaders(): the head leaves before there is a body, on %s",
  async (_kind, packet) => {
    const { endpoint } = await startWorker(fromNode((_request, response) => response.flushHeaders()));
    const client = connectTo(endpoint);
    onTestFinished(() => void client.destroy());
    client.write(packet);
    const [head] = (await once(client, "data")) as [Buffer];
    expect(head.toString("latin1")).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:[^\r]+\r\n)*\r\n$/);
  },
);

test("a head that is ended at once travels with the end: it has a length", async () => {
  const { endpoint } = await startWorker(
    fromNode((_request, response) => response.writeHead(302, { Location: "/" }).end()),
  );
  const client = connectTo(endpoint);
  onTestFinished(() => void client.destroy());
  client.write(offeringBytes());
  const [head] = (await once(client, "data")) as [Buffer];
  expect(head.toString("latin1")).toContain("\r\nContent-Length: 0\r\n");
});
