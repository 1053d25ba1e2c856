import { expect, onTestFinished, test } from "vitest";
import { Upstream } from "../../src/client/upstream.ts";
import type { ConnectionUser, UpstreamConnection } from "../../src/client/upstream-connection.ts";
import { Deadlines } from "../../src/net/deadlines.ts";
import { MoodyWorker } from "../support/moody-worker.ts";
import { until } from "../support/wait.ts";

class User implements ConnectionUser {
  readonly needsFresh: boolean;
  connecting: UpstreamConnection | undefined;
  ready: UpstreamConnection | undefined;

  constructor(needsFresh = false) {
    this.needsFresh = needsFresh;
  }

  onConnecting(connection: UpstreamConnection): void {
    this.connecting = connection;
  }

  onReady(connection: UpstreamConnection): void {
    this.ready = connection;
  }

  onWaiting(): void {}
  onData(): void {}
  onEnded(): void {}
  onBroken(): void {}
}

/** A first user has given its connection back while a second one was connecting, and the backlog of the server is full. */
async function meetFullBacklog(second: User): Promise<{ upstream: Upstream; first: User }> {
  const { target } = await MoodyWorker.start("a");
  const deadlines = new Deadlines(1000);
  const upstream = new Upstream(target, deadlines, {
    persistIdleMs: 60_000,
    maxRequestsPerConnection: 100,
    maxConnectionAgeMs: 60_000,
    maxConnections: 2,
    maxWaiting: 2,
  });
  onTestFinished(() => {
    upstream.close();
    deadlines.stop();
  });
  const first = new User();
  upstream.acquire(first);
  await until(() => first.ready !== undefined, "the first is connected");
  upstream.acquire(second);
  upstream.release(first.ready as UpstreamConnection, {
    acceptedIdleMs: 60_000,
    isRequestSent: true,
    hasSurplus: false,
    wasOffered: true,
  });
  upstream.onBusy(second.connecting as UpstreamConnection, second);
  return { upstream, first };
}

test("who meets a full backlog takes a connection that has become idle meanwhile", async () => {
  const second = new User();
  const { upstream, first } = await meetFullBacklog(second);
  expect(second.ready).toBe(first.ready);
  expect(upstream.stats()).toMatchObject({ busy: 1, idle: 0, waiting: 0 });
});

test("who needs a fresh one waits", async () => {
  const second = new User(true);
  const { upstream } = await meetFullBacklog(second);
  expect(second.ready).toBeUndefined();
  expect(upstream.stats()).toMatchObject({ busy: 0, idle: 1, waiting: 1 });
});
