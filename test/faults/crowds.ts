import { connect, type Socket } from "node:net";
import { sendHttp } from "../support/http-client.ts";
import { sleep } from "../support/wait.ts";
import type { Experiment } from "./experiment.ts";
import { Lab } from "./lab.ts";
import { type Holdings, holdingsOf } from "./proc.ts";

const IDLE_MS = 45_000;
const MEBIBYTE = 1024 * 1024;
const KIB_PER_MIB = 1024;
const AT_A_TIME = 100;
const SPARE_DESCRIPTORS = 20;
/** The time of a reader begins when the buffers of the system are full, which takes a while with a thousand. */
const CLOSED_WITHIN_MS = 20_000;

/** A hundred megabytes for whoever asks for `/flood`. */
const FLOODING = `
const block = Buffer.alloc(65536, "x");
export const application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  if (environ.PATH_INFO !== "/flood") return [Buffer.from("small")];
  return (async function* () {
    for (let count = 0; count < 1600; count += 1) yield block;
  })();
};
`;

/** Connections that are kept and say nothing. */
export const idleConnections: Experiment = {
  name: "F05",
  title: "10,000 idle keep-alive connections",
  isLong: true,
  async run(_scale, findings) {
    const lab = await Lab.open();
    try {
      const { program, port } = await lab.serve("-p", "1");
      const pid = await program.pid();
      const before = holdingsOf(pid);
      const sockets = await crowd(lab, port, 10_000, "GET /?x HTTP/1.1\r\nHost: a\r\n\r\n");
      while (sockets.some(({ bytesRead }) => bytesRead === 0)) await sleep(50);
      await sleep(2000);
      findings.fact("RSS MiB after the burst", holdingsOf(pid).rssMib);
      // What serving them left behind is collected when the engine finds the time, half a minute later.
      await sleep(IDLE_MS);
      const after = holdingsOf(pid);
      findings.holdings(before, after);
      findings.fact("connections", sockets.length);
      findings.atMost("RSS MiB", after.rssMib, 150);
      const { status } = await sendHttp(port, { path: "/?y" });
      findings.holds("served beside them", status === 200, String(status));
    } finally {
      await lab.close();
    }
  },
};

/** Clients that ask for much and take none of it. */
export const stoppedReaders: Experiment = {
  name: "F08",
  title: "readers that stop",
  async run(scale, findings) {
    const lab = await Lab.open(FLOODING);
    try {
      const readers = scale === "full" ? 1000 : 40;
      const timeoutMs = scale === "full" ? 20_000 : 2000;
      await lab.worker("-p", "1", "--concurrency", "2000");
      const limits = ["--client-send-timeout", `${timeoutMs}ms`, "--max-conns-per-backend", "2000"];
      const { program, port } = await lab.front("--processes", "1", ...limits);
      const [pid = 0] = program.workerPids();
      await sendHttp(port, { path: "/small" });
      const before = holdingsOf(pid);
      const startedAt = performance.now();
      await crowd(lab, port, readers, "GET /flood HTTP/1.1\r\nHost: a\r\n\r\n", true);
      let most: Holdings = before;
      let now = holdingsOf(pid);
      const deadline = startedAt + timeoutMs + CLOSED_WITHIN_MS + timeoutMs;
      while (performance.now() < deadline) {
        now = holdingsOf(pid);
        if (now.rssMib > most.rssMib) most = now;
        if (most !== before && now.descriptors <= before.descriptors + SPARE_DESCRIPTORS / 4) break;
        await sleep(100);
      }
      const closedMs = performance.now() - startedAt;
      findings.fact("readers", readers);
      findings.holdings(before, most);
      const perReader = ((most.rssMib - before.rssMib) * KIB_PER_MIB) / readers;
      findings.atMost("KiB for each", perReader, scale === "full" ? 200 : 2000);
      findings.atMost("closed after ms", closedMs, timeoutMs + CLOSED_WITHIN_MS);
      findings.fact("fds at last", now.descriptors);
      findings.holds("served afterwards", (await sendHttp(port, { path: "/small" })).status === 200);
    } finally {
      await lab.close();
    }
  },
};

/** One connection that asks for very much at once and takes nothing. */
export const pipeline: Experiment = {
  name: "F12",
  title: "requests in a pipeline whose client does not read",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      const count = scale === "full" ? 100_000 : 3000;
      await lab.worker("-p", "1");
      const { program, port } = await lab.front("--processes", "1", "--keepalive-requests", "0");
      const [pid = 0] = program.workerPids();
      await lab.loadFor(1000, { port, clients: 4 });
      const before = holdingsOf(pid);
      const [socket] = await crowd(lab, port, 1, "", true);
      if (!socket) throw new Error("no connection");
      const all = Array.from({ length: count }, (_, index) => `GET /?p${index} HTTP/1.1\r\nHost: a\r\n\r\n`);
      socket.write(all.join(""));
      await sleep(scale === "full" ? 5000 : 500);
      findings.holdings(before, holdingsOf(pid));
      const grownMib = holdingsOf(pid).rssMib - before.rssMib;
      findings.atMost("grown MiB", grownMib, scale === "full" ? 5 : 40);
      let heard = "";
      socket.on("data", (chunk: Buffer) => {
        heard += chunk.toString("latin1");
      });
      socket.resume();
      while (!heard.endsWith(` p${count - 1}`) && !socket.destroyed) await sleep(20);
      const tokens = [...heard.matchAll(/one \d+ \d+ p(\d+)/g)].map(([, number]) => Number(number));
      findings.atLeast("answers", tokens.length, count);
      findings.holds(
        "in order",
        tokens.every((number, index) => number === index),
      );
    } finally {
      await lab.close();
    }
  },
};

/** Bodies that are too large are refused before they are read, and the refusal arrives. */
export const earlyRefusals: Experiment = {
  name: "F16",
  title: "413 in the middle of an upload of 20 MiB",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      const tries = scale === "full" ? 100 : 5;
      const { port } = await lab.serve("-p", "1", "--client-max-body-size", "1m");
      const body = Buffer.alloc(20 * MEBIBYTE, "u");
      let refused = 0;
      for (let count = 0; count < tries; count += 1) {
        const { status } = await sendHttp(port, { body }).catch(() => ({ status: 0 }));
        if (status === 413) refused += 1;
      }
      findings.fact("tries", tries);
      findings.atLeast("413", refused, tries);
    } finally {
      await lab.close();
    }
  },
};

/** Connect so many times and send this on each. */
export async function crowd(
  lab: Lab,
  port: number,
  count: number,
  text: string,
  isPaused = false,
): Promise<Socket[]> {
  const sockets: Socket[] = [];
  lab.atEnd(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let done = 0; done < count; done += AT_A_TIME) {
    const size = Math.min(AT_A_TIME, count - done);
    const some = Array.from({ length: size }, () => open(port, text, isPaused));
    sockets.push(...(await Promise.all(some)));
  }
  return sockets;
}

function open(port: number, text: string, isPaused: boolean): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port }, () => {
      if (isPaused) socket.pause();
      else socket.resume();
      socket.write(text);
      resolve(socket);
    });
    socket.on("error", reject);
  });
}
