import { describe, expect, test } from "vitest";
import { BalancedFront, times } from "../../support/balanced-front.ts";
import { FakeResolver } from "../../support/fake-resolver.ts";
import { MoodyWorker } from "../../support/moody-worker.ts";
import { signal, until } from "../../support/wait.ts";
import { startWorker } from "../../support/workers.ts";

const FAST_MS = 20;

/** Two workers on the same port of two addresses of this machine. */
async function startTwins(): Promise<[MoodyWorker, MoodyWorker]> {
  const one = await MoodyWorker.start("one");
  const two = await MoodyWorker.start("two", { type: "tcp", host: "127.0.0.2", port: one.port });
  return [one, two];
}

function targets({ front }: BalancedFront): string[] {
  return front.stats().upstreams.map(({ target }) => target);
}

describe("a name", () => {
  test("is resolved before the first request is sent on", async () => {
    const [one] = await startTwins();
    const resolver = new FakeResolver();
    resolver.hosts.set("app.test", ["127.0.0.1"]);
    const { promise, resolve } = signal();
    resolver.gate = promise;
    const front = await BalancedFront.start({ to: [`app.test:${one.port}`], resolver });
    const early = front.get();
    await until(() => front.front.stats().openRequests === 1, "a request is there before the answer");
    resolve();
    expect((await early).text).toBe("one");
    expect(await front.seen(2)).toEqual(["one", "one"]);
    expect(resolver.asked).toEqual(["app.test"]);
  });

  test("with several addresses is several servers", async () => {
    const [one] = await startTwins();
    const resolver = new FakeResolver();
    resolver.hosts.set("app.test", ["127.0.0.1", "127.0.0.2", "127.0.0.1"]);
    const front = await BalancedFront.start({ to: [`app.test:${one.port};weight=2`], resolver });
    expect(await front.seen(4)).toEqual(["one", "two", "one", "two"]);
    expect(front.front.stats().upstreams).toMatchObject([
      { target: `127.0.0.1:${one.port}`, weight: 2 },
      { target: `127.0.0.2:${one.port}`, weight: 2 },
    ]);
  });

  test("that leads elsewhere takes the requests along, and a server that stays keeps its state", async () => {
    const [one] = await startTwins();
    const other = await MoodyWorker.start("other");
    const resolver = new FakeResolver();
    resolver.hosts.set("app.test", ["127.0.0.1"]);
    const to = [`app.test:${one.port}`, other.to];
    const front = await BalancedFront.start({ to, resolver, resolveIntervalMs: FAST_MS });
    other.mood = "closes";
    await front.seen(4);
    expect(front.states).toBe("up 0, up 2");
    resolver.hosts.set("app.test", ["127.0.0.2"]);
    await until(() => targets(front)[0] === `127.0.0.2:${one.port}`, "the address is known");
    other.mood = 200;
    expect(front.states).toBe("up 0, up 2");
    expect(new Set(await front.seen(4))).toEqual(new Set(["two", "other"]));
    const changes = front.log.lines.filter(({ message }) => message.endsWith("have changed"));
    expect(changes.at(-1)?.fields).toEqual({
      added: [`127.0.0.2:${one.port}`],
      removed: [`127.0.0.1:${one.port}`],
    });
  });

  test("brings new servers that start slowly; the first ones do not", async () => {
    const [one] = await startTwins();
    const other = await MoodyWorker.start("other");
    const resolver = new FakeResolver();
    resolver.hosts.set("app.test", ["127.0.0.1"]);
    const to = [`app.test:${one.port}`, other.to];
    const slow = { slowStartMs: 600_000, resolveIntervalMs: FAST_MS };
    const front = await BalancedFront.start({ to, resolver, ...slow });
    expect(new Set(await front.seen(2))).toEqual(new Set(["one", "other"]));
    resolver.hosts.set("app.test", ["127.0.0.1", "127.0.0.2"]);
    await until(() => targets(front).length === 3, "the address is known");
    const counts = (await front.seen(60)).filter((name) => name === "two").length;
    expect(counts).toBeLessThanOrEqual(3);
  });

  test("is asked for at once when its server can not be connected to", async () => {
    const [one, two] = await startTwins();
    const resolver = new FakeResolver();
    resolver.hosts.set("app.test", ["127.0.0.1"]);
    const front = await BalancedFront.start({ to: [`app.test:${one.port}`], resolver });
    expect(await front.seen(1)).toEqual(["one"]);
    one.die();
    resolver.hosts.set("app.test", ["127.0.0.2"]);
    expect(await front.seen(1)).toEqual(["503"]);
    await until(() => targets(front)[0] === two.to, "the address is known");
    expect(await front.seen(3)).toEqual(times(3, "two"));
  });

  test("that can not be resolved any more leads where it did", async () => {
    const [one] = await startTwins();
    const resolver = new FakeResolver();
    resolver.hosts.set("app.test", ["127.0.0.1"]);
    const front = await BalancedFront.start({
      to: [`app.test:${one.port}`],
      resolver,
      resolveIntervalMs: FAST_MS,
    });
    expect(await front.seen(1)).toEqual(["one"]);
    resolver.hosts.delete("app.test");
    const asked = resolver.asked.length;
    await until(() => resolver.asked.length > asked + 3, "it was asked for in vain");
    expect(await front.seen(2)).toEqual(["one", "one"]);
    const lines = front.log.lines.filter(({ fields }) => fields["name"] === "app.test");
    expect(lines.map(({ level, fields }) => [level, fields["kept"]])).toEqual([["warn", 1]]);
  });

  test("that was never resolved is a 503 that says so, until it is", async () => {
    const [one] = await startTwins();
    const resolver = new FakeResolver();
    const to = [`app.test:${one.port}`];
    const front = await BalancedFront.start({ to, resolver, resolveIntervalMs: FAST_MS });
    const { status, text, headers } = await front.get();
    expect([status, text.split("\n")[0]]).toEqual([503, "UWB_ERR_UPSTREAM_UNRESOLVED"]);
    expect(Object.fromEntries(headers)).toMatchObject({ "Retry-After": "1" });
    const line = front.log.lines.find(({ fields }) => fields["code"] === "UWB_ERR_UPSTREAM_UNRESOLVED");
    expect(line?.fields["reason"]).toBe("no server is known: app.test could not be resolved yet");
    resolver.hosts.set("app.test", ["127.0.0.2"]);
    await until(() => targets(front).length === 1, "the address is known");
    expect(await front.seen(2)).toEqual(["two", "two"]);
  });
});

test("an SRV record names servers with ports and weights; those it prefers less stand by", async () => {
  const workers: MoodyWorker[] = [];
  for (const name of ["a", "b", "c"]) workers.push(await MoodyWorker.start(name));
  const [a, b, c] = workers as [MoodyWorker, MoodyWorker, MoodyWorker];
  const resolver = new FakeResolver();
  resolver.hosts.set("local.test", ["127.0.0.1"]);
  const at = (worker: MoodyWorker) => ({ host: "local.test", port: worker.port });
  resolver.services.set("_app._tcp.test", [
    { ...at(a), priority: 1, weight: 2 },
    { ...at(b), priority: 1, weight: 0 },
    { ...at(c), priority: 2, weight: 5 },
    { host: "gone.test", port: 1, priority: 1, weight: 9 },
  ]);
  const front = await BalancedFront.start({ to: ["srv+uwsgi://_app._tcp.test"], resolver });
  expect(await front.seen(6)).toEqual(["a", "b", "a", "a", "b", "a"]);
  a.die();
  b.die();
  expect(await front.seen(4)).toEqual(times(4, "c"));
});

test("a kept connection does not outlive its server, nor one that was busy at that time", async () => {
  const release: (() => void)[] = [];
  const { endpoint, worker } = await startWorker(async (environ, startResponse) => {
    if (environ.PATH_INFO === "/slow") await new Promise<void>((resolve) => release.push(resolve));
    startResponse("200 OK", [["Content-Length", "2"]]);
    return [Buffer.from("ok")];
  });
  const port = endpoint.type === "tcp" ? endpoint.port : 0;
  const two = await MoodyWorker.start("two", { type: "tcp", host: "127.0.0.2", port });
  const resolver = new FakeResolver();
  resolver.hosts.set("app.test", ["127.0.0.1"]);
  const front = await BalancedFront.start({
    to: [`app.test:${port}`],
    resolver,
    resolveIntervalMs: FAST_MS,
    readTimeoutMs: 10_000,
    persistIdleMs: 60_000,
  });
  const slow = front.get({ path: "/slow" });
  await until(() => release.length === 1, "the slow request has begun");
  expect(await front.seen(1)).toEqual(["ok"]);
  await until(() => front.front.stats().upstreams[0]?.idle === 1, "a connection is kept");
  expect(worker.stats().openConnections).toBe(2);
  resolver.hosts.set("app.test", ["127.0.0.2"]);
  await until(() => targets(front)[0] === two.to, "the address is known");
  await until(() => worker.stats().openConnections === 1, "the kept connection is closed");
  release[0]?.();
  expect((await slow).text).toBe("ok");
  await until(() => worker.stats().openConnections === 0, "the other one is closed");
  expect(await front.seen(1)).toEqual(["two"]);
});
