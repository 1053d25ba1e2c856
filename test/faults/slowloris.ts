import { appSource } from "../support/token-app.ts";
import { sleep } from "../support/wait.ts";
import { crowd } from "./crowds.ts";
import type { Experiment } from "./experiment.ts";
import { Lab } from "./lab.ts";
import { holdingsOf, processorMsOf } from "./proc.ts";
import { SlowCrowd } from "./slow-crowd.ts";

/** Others go on asking meanwhile, at a pace that leaves room. */
const OTHERS = { clients: 8, pausesMs: [10] } as const;
/** What a body may take before its rate counts. */
const BODY_GRACE_MS = 20_000;
/** The limits are looked at once a second, and a connection whose client still sends is closed gently. */
const CLOSED_WITHIN_MS = 8000;
/** The time of a reader begins when the buffers of the system are full, which takes a while with a thousand. */
const READERS_WITHIN_MS = 40_000;
const SPARE_DESCRIPTORS = 4;
const LOOK_EVERY_MS = 500;
/** Processes that were busy for no more of that time, so many times in a row, have nothing to send any more. */
const IDLE_MS = 50;
const IDLE_LOOKS = 4;

const SCALES = {
  full: {
    each: 2500,
    readers: 1000,
    everyMs: 5000,
    timeoutMs: 15_000,
    readersTimeoutMs: 60_000,
    beforeMs: 10_000,
  },
  quick: { each: 50, readers: 20, everyMs: 500, timeoutMs: 2000, readersTimeoutMs: 5000, beforeMs: 1000 },
} as const;

/** Clients that send their requests a byte at a time, and such as take nothing of the answer, beside some that are in a hurry. */
export const slowloris: Experiment = {
  name: "F09",
  title: "heads and bodies that come a byte at a time, and readers that stop",
  async run(scale, findings) {
    const { each, readers, everyMs, timeoutMs, readersTimeoutMs, beforeMs } = SCALES[scale];
    const lab = await Lab.open(floodingSource());
    try {
      const worker = await lab.worker("-p", "1", "--concurrency", "2000");
      const limits = [
        "--headers-timeout",
        `${timeoutMs}ms`,
        "--client-send-timeout",
        `${readersTimeoutMs}ms`,
      ];
      const { program, port } = await lab.front(
        "--processes",
        "1",
        "--max-conns-per-backend",
        "2000",
        ...limits,
      );
      const [pid = 0] = program.workerPids();
      const before = await lab.loadFor(beforeMs, { port, prefix: "b", ...OTHERS });
      const held = holdingsOf(pid);

      const stoppedAt = performance.now();
      await crowd(lab, port, readers, "GET /flood HTTP/1.1\r\nHost: a\r\n\r\n", true);
      await settled([pid, ...worker.workerPids()]);
      findings.fact("buffers of the readers full after ms", performance.now() - stoppedAt);
      const load = await lab.load({ port, ...OTHERS });
      const head = "GET / HTTP/1.1\r\nHost: a\r\nX-A: ";
      const body = "POST /?slow HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";
      const heads = await SlowCrowd.start(lab, port, { clients: each, text: head, everyMs });
      const bodies = await SlowCrowd.start(lab, port, { clients: each, text: body, everyMs });
      const full = holdingsOf(pid);
      const deadline = performance.now() + BODY_GRACE_MS + timeoutMs + CLOSED_WITHIN_MS;
      while (heads.open + bodies.open > 0 && performance.now() < deadline) await sleep(100);
      const during = await load.stop();
      const readersWithinMs = readersTimeoutMs + READERS_WITHIN_MS;
      while (holdingsOf(pid).descriptors > held.descriptors + SPARE_DESCRIPTORS) {
        if (performance.now() - stoppedAt > readersWithinMs) break;
        await sleep(100);
      }
      const closedMs = performance.now() - stoppedAt;

      findings.fact("slow heads, slow bodies, readers", `${each}, ${each}, ${readers}`);
      findings.holdings(held, full);
      findings.load(during);
      findings.ledger(await lab.ledger(), {
        ...during,
        posted: [...before.posted, ...during.posted],
        attempted: [...before.attempted, ...during.attempted],
      });
      findings.holds("all heads closed", heads.open === 0, String(heads.open));
      findings.atMost("heads closed after ms", heads.longestMs, timeoutMs + CLOSED_WITHIN_MS);
      findings.holds("all bodies closed", bodies.open === 0, String(bodies.open));
      findings.atMost("bodies closed after ms", bodies.longestMs, BODY_GRACE_MS + CLOSED_WITHIN_MS);
      findings.holds("they were told 408", `${heads.answer} ${bodies.answer}` === "408 408");
      findings.atMost("readers closed after ms", closedMs, readersWithinMs);
      findings.fact("p99 ms without them", before.p99Ms);
      if (scale === "full") findings.atMost("p99 ms beside them", during.p99Ms, 2 * before.p99Ms);
    } finally {
      await lab.close();
    }
  },
};

/** Wait until processes have nothing to do. */
async function settled(pids: readonly number[]): Promise<void> {
  const busyMs = (): number => pids.reduce((sum, pid) => sum + processorMsOf(pid), 0);
  let before = busyMs();
  for (let idle = 0; idle < IDLE_LOOKS; ) {
    await sleep(LOOK_EVERY_MS);
    const now = busyMs();
    idle = now - before <= IDLE_MS ? idle + 1 : 0;
    before = now;
  }
}

/** The application with a hundred megabytes for whoever asks for `/flood`. */
function floodingSource(): string {
  return appSource("one").replace(
    "  startResponse(",
    `  if (environ.PATH_INFO === "/flood") {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return (async function* () {
      for (let count = 0; count < 1600; count += 1) yield Buffer.alloc(65536, "x");
    })();
  }
  startResponse(`,
  );
}
