import { connect, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRelay, type Relay } from "../../src/inspect/relay.ts";
import type { LinkObserver } from "../../src/inspect/relay-link.ts";
import type { Target } from "../../src/net/endpoint.ts";
import { anyPort } from "../support/endpoints.ts";
import { connectTo, listenTo } from "../support/raw-peer.ts";
import { asTarget, refusingAddress, startPeer } from "../support/rude-peers.ts";
import { signal, sleep, until } from "../support/wait.ts";
import { endpointFor, type Transport, transports } from "../support/workers.ts";

const BLOCK = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7) % 256));

describe.each(transports.flatMap((front) => transports.map((back) => ({ front, back }))))(
  "$front to $back",
  ({ front, back }) => {
    test("bytes pass untouched both ways, and so do the ends", async () => {
      const worker = await startPeer((socket) => socket.pipe(socket), back);
      const { endpoint, seen } = await startRelay(worker, front);
      const socket = connectTo(endpoint);
      socket.end(BLOCK);
      expect((await buffer(socket)).equals(BLOCK)).toBe(true);
      await until(() => seen.includes("closed"), "the connection is closed");
      expect(seen.filter((event) => !event.endsWith("bytes"))).toEqual([
        "client FIN",
        "worker FIN",
        "closed",
      ]);
    });

    test("a client may close its side and still get its answer", async () => {
      const worker = await startPeer((socket) => {
        socket.resume();
        socket.on("end", () => setTimeout(() => socket.end("late"), 10));
      }, back);
      const { endpoint } = await startRelay(worker, front);
      const socket = connectTo(endpoint);
      socket.end("request");
      expect((await buffer(socket)).toString()).toBe("late");
    });

    test("a worker may close its side and still be sent to", async () => {
      const received: Buffer[] = [];
      const worker = await startPeer((socket) => {
        socket.end("early");
        socket.on("data", (chunk) => received.push(chunk));
      }, back);
      const { endpoint } = await startRelay(worker, front);
      const socket = connectTo(endpoint);
      socket.resume();
      await new Promise((resolve) => socket.once("end", resolve));
      socket.end("afterwards");
      await until(() => Buffer.concat(received).toString() === "afterwards", "the worker has it all");
    });

    test("an answer that comes before the body was read is not lost, however eagerly the client sends", async () => {
      const worker = await startPeer((socket) => {
        socket.once("data", () => {
          socket.pause();
          socket.write("HTTP/1.1 413 Too Large\r\n\r\n", () => socket.destroy());
        });
      }, back);
      const { endpoint } = await startRelay(worker, front);
      for (let turn = 0; turn < 20; turn += 1) {
        const socket = connectTo(endpoint);
        // Node gives up a socket whose write failed, so the last word may not be heard; what came before is.
        const heard = listenTo(socket);
        for (let block = 0; block < 4; block += 1) socket.write(BLOCK.subarray(0, 60_000));
        expect((await heard).text).toContain("413");
      }
    });
  },
);

describe("a reset", () => {
  test("of the worker reaches the client, after what came before it", async () => {
    const worker = await startPeer((socket) => {
      socket.once("data", () => socket.write("half", () => setTimeout(() => socket.resetAndDestroy(), 20)));
    });
    const { endpoint, seen } = await startRelay(worker);
    const socket = connectTo(endpoint);
    socket.write("request");
    expect(await listenTo(socket)).toEqual({ text: "half", end: "reset" });
    await until(() => seen.includes("closed"), "the connection is closed");
    expect(seen).toContain("worker RST");
  });

  test("of the worker that comes together with its last data is still a reset", async () => {
    const worker = await startPeer((socket) => {
      socket.once("data", () => socket.write("half", () => socket.resetAndDestroy()));
    });
    const { endpoint, seen } = await startRelay(worker);
    const socket = connectTo(endpoint);
    socket.write("request");
    expect((await listenTo(socket)).text).toBe("half");
    await until(() => seen.includes("closed"), "the connection is closed");
    expect(seen).toContain("worker RST");
    expect(seen).not.toContain("worker FIN");
  });

  test("of the client reaches the worker", async () => {
    const ended = signal<string>();
    const worker = await startPeer((socket) => {
      socket.resume();
      socket.on("error", (error: NodeJS.ErrnoException) => ended.resolve(error.code ?? ""));
      socket.on("end", () => ended.resolve("end"));
    });
    const { endpoint, seen } = await startRelay(worker);
    const socket = connectTo(endpoint);
    socket.write("request", () => setTimeout(() => socket.resetAndDestroy(), 20));
    expect(await ended.promise).toBe("ECONNRESET");
    await until(() => seen.includes("closed"), "the connection is closed");
    expect(seen).toContain("client RST");
  });

  test.each(transports)("of a worker that is still sent to reaches the client, over %s", async (back) => {
    const worker = await startPeer((socket) => socket.destroy(), back);
    const { endpoint, seen } = await startRelay(worker);
    const socket = connectTo(endpoint);
    const heard = listenTo(socket.resume());
    const timer = setInterval(() => socket.write(BLOCK.subarray(0, 1000)), 2);
    await heard;
    await until(() => socket.destroyed, "the client is cut off");
    clearInterval(timer);
    await until(() => seen.includes("closed"), "nothing stays open");
  });
});

describe("the slower side sets the pace:", () => {
  test("a worker is not read while the client takes nothing", async () => {
    let sent = 0;
    const worker = await startPeer((socket) => {
      const fill = (): void => {
        do sent += BLOCK.length;
        while (socket.write(BLOCK));
      };
      socket.on("drain", fill);
      fill();
    });
    const { endpoint } = await startRelay(worker);
    const socket = connectTo(endpoint);
    socket.pause();
    await settled(() => sent);
    expect(sent).toBeLessThan(50_000_000);
    socket.destroy();
  });

  test("a client is not read while the worker takes nothing", async () => {
    const worker = await startPeer((socket) => socket.pause());
    const { endpoint } = await startRelay(worker);
    const socket = connectTo(endpoint);
    let sent = 0;
    const fill = (): void => {
      do sent += BLOCK.length;
      while (socket.write(BLOCK));
    };
    socket.on("drain", fill);
    fill();
    await settled(() => sent);
    expect(sent).toBeLessThan(50_000_000);
    socket.destroy();
  });

  test("and both go on once it moves again", async () => {
    const worker = await startPeer((socket) => socket.pipe(socket));
    const { endpoint } = await startRelay(worker);
    const socket = connectTo(endpoint);
    socket.pause();
    for (let block = 0; block < 10; block += 1) socket.write(BLOCK);
    socket.end();
    await sleep(50);
    expect(await buffer(socket)).toHaveLength(10 * BLOCK.length);
  });
});

test("many connections at once keep their bytes apart", async () => {
  const worker = await startPeer((socket) => socket.pipe(socket));
  const { endpoint } = await startRelay(worker);
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) => {
      const socket = connectTo(endpoint);
      socket.end(`connection ${index}`);
      return buffer(socket);
    }),
  );
  expect(answers.map(String)).toEqual(answers.map((_, index) => `connection ${index}`));
});

test.each(transports)("a worker that is not there cuts the client off, over %s", async (transport) => {
  const { endpoint, seen } = await startRelay(await refusingAddress(transport));
  expect((await listenTo(connectTo(endpoint))).text).toBe("");
  await until(() => seen.includes("closed"), "the connection is closed");
  expect(seen).toEqual([expect.stringContaining("refused: connect E"), "closed"]);
});

test("observers learn the number and the address of a connection", async () => {
  const told: unknown[] = [];
  const worker = await startPeer((socket) => socket.end());
  const relay = createRelay({
    to: worker,
    observe: (number, from) => {
      told.push([number, from]);
      return observer([]);
    },
  });
  onTestFinished(() => relay.close());
  const endpoint = await relay.listen(anyPort);
  for (let turn = 0; turn < 2; turn += 1) await listenTo(connectTo(endpoint));
  expect(told).toEqual([1, 2].map((number) => [number, expect.stringMatching(/^127\.0\.0\.1:\d+$/)]));
});

describe("who may connect", () => {
  test("an address that others can reach needs a list", async () => {
    const relay = createRelay({ to: { type: "unix", path: "/x" }, observe: () => observer([]) });
    await expect(relay.listen({ type: "tcp", host: "::", port: 0 })).rejects.toMatchObject({
      name: "ConfigError",
      option: "allowFrom",
    });
  });

  test("a peer that is not on it is refused", async () => {
    const worker = await startPeer((socket) => socket.end("Hello"));
    const relay = createRelay({ to: worker, allowFrom: ["10.0.0.0/8"], observe: () => observer([]) });
    onTestFinished(() => relay.close());
    expect((await listenTo(connectTo(await relay.listen(anyPort)))).text).toBe("");
  });
});

test("closing cuts what is open, and gives the socket file back", async () => {
  const worker = await startPeer((socket) => socket.resume());
  const { endpoint, relay, seen } = await startRelay(worker, "unix");
  const socket = connectTo(endpoint);
  socket.on("error", () => undefined);
  socket.write("request");
  await until(() => seen.length > 0, "something passes");
  await relay.close();
  expect(seen.at(-1)).toBe("closed");
  await expect(connected(endpoint as Target)).rejects.toMatchObject({ code: "ENOENT" });
});

interface StartedRelay {
  readonly relay: Relay;
  readonly endpoint: Target;
  /** Endings and the like, in order, without the bytes. */
  readonly seen: string[];
}

async function startRelay(to: Target, transport: Transport = "tcp"): Promise<StartedRelay> {
  const seen: string[] = [];
  const relay = createRelay({ to, observe: () => observer(seen) });
  const endpoint = asTarget(await relay.listen(await endpointFor(transport)));
  onTestFinished(() => relay.close());
  return { relay, endpoint, seen };
}

function observer(seen: string[]): LinkObserver {
  return {
    onRefused: (error) => seen.push(`refused: ${error.message}`),
    onBytes: (from) => seen.push(`${from} bytes`),
    onEnding: (of, how) => seen.push(`${of} ${how}`),
    onClosed: () => seen.push("closed"),
  };
}

/** Wait until a number has stopped growing. */
async function settled(number: () => number): Promise<void> {
  let before = -1;
  while (number() !== before && number() < 200_000_000) {
    before = number();
    await sleep(150);
  }
}

function connected(target: Target): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target });
    socket.on("connect", () => resolve(socket));
    socket.on("error", reject);
  });
}
