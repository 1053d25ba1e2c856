import { createFront } from "../../src/front/front.ts";
import { anyPort } from "../support/endpoints.ts";
import { FakeResolver } from "../support/fake-resolver.ts";
import { freePort } from "../support/ports.ts";
import { sleep, until } from "../support/wait.ts";
import { report } from "./bad-servers.ts";
import type { Experiment, Scale } from "./experiment.ts";
import type { Findings } from "./findings.ts";
import { Lab } from "./lab.ts";

const CLIENTS = 24;
const NAME = "app.test";
const ADDRESSES = ["127.0.0.1", "127.0.0.2"] as const;
const TTL_MS = 1000;
/** Clients are refused until the name was asked for again: how many requests that is depends on how fast they ask. */
const LONGEST_GAP_MS = TTL_MS * 1.5;

/** The host of the only worker gets another address: its name leads there, and the old one ends, before or afterwards. */
export const movingServer: Experiment = {
  name: "F30",
  title: "what clients saw: the address behind the name of the only server changes",
  async run(scale, findings) {
    for (const order of ["name first", "end first"] as const) await move(order, scale, findings);
  },
};

async function move(order: "name first" | "end first", scale: Scale, findings: Findings): Promise<void> {
  const lab = await Lab.open();
  try {
    const port = await freePort();
    const resolver = new FakeResolver();
    resolver.ttlMs = TTL_MS;
    resolver.hosts.set(NAME, [ADDRESSES[0]]);
    const front = createFront({ to: [`${NAME}:${port}`], resolver });
    lab.atEnd(() => front.close(0));
    const endpoint = await front.listen(anyPort);
    const start = async (host: string) => {
      const server = lab.start(["worker", lab.app, "-s", `${host}:${port}`, "-p", "1"]);
      await server.logged("a worker process is ready");
      return server;
    };
    let current = await start(ADDRESSES[0]);
    const load = await lab.load({ port: endpoint.type === "tcp" ? endpoint.port : 0, clients: CLIENTS });
    const moves = scale === "full" ? 10 : 1;
    for (let count = 1; count <= moves; count += 1) {
      const host = ADDRESSES[count % 2] as string;
      const next = await start(host);
      await sleep(TTL_MS / 2);
      if (order === "end first") await current.program.stop("SIGKILL");
      resolver.hosts.set(NAME, [host]);
      const isKnown = (): boolean => front.stats().upstreams[0]?.target === `${host}:${port}`;
      await until(isKnown, "the new address is known");
      if (order === "name first") await current.program.stop("SIGTERM");
      current = next;
    }
    const totals = await load.stop();
    findings.fact(order, `${moves} moves`);
    report(findings, totals, order === "name first" ? 0 : totals.requests);
    findings.atMost("longest gap ms", totals.longestGapMs, LONGEST_GAP_MS);
    findings.ledger(await lab.ledger(), totals);
  } finally {
    await lab.close();
  }
}
