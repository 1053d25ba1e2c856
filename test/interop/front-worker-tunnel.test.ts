import { afterAll, beforeAll, describe } from "vitest";
import { createFront, type Front } from "../../src/front/front.ts";
import { formatEndpoint } from "../../src/net/endpoint.ts";
import { createWorker, type Worker } from "../../src/worker/worker.ts";
import { anyPort } from "../support/endpoints.ts";
import { webSocketEcho } from "../support/web-socket-app.ts";
import { webSocketCases } from "./web-socket-cases.ts";

describe("WebSockets through our front", () => {
  let worker: Worker;
  let front: Front;
  let port = 0;

  beforeAll(async () => {
    worker = createWorker(webSocketEcho);
    front = createFront({ to: [formatEndpoint(await worker.listen(anyPort))] });
    const endpoint = await front.listen(anyPort);
    if (endpoint.type === "tcp") port = endpoint.port;
  });

  afterAll(async () => {
    await front.close(0);
    await worker.close(0);
  });

  webSocketCases(() => ({ port, stats: () => worker.stats() }));
});
