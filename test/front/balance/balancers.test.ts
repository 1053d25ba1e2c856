import { describe, expect, test } from "vitest";
import { BALANCING, createBalancer } from "../../../src/front/balance/create-balancer.ts";
import { requestFor, seeded, server, tally } from "./servers.ts";

const any = requestFor("/");

test.each(BALANCING)("%s chooses the only candidate", (balancing) => {
  const only = server("a");
  const balancer = createBalancer(balancing, Math.random);
  balancer.setServers([only, server("b")]);
  expect(balancer.pick([only], any)).toBe(only);
});

describe("round-robin", () => {
  test.each([
    [[1, 1, 1], "abcabc"],
    [[5, 1, 1], "aabacaaaabacaa"],
    [[2, 1], "abaaba"],
  ])("weights %j make %s", (weights, order) => {
    const balancer = createBalancer("round-robin", Math.random);
    const servers = weights.map((weight, index) => server("abc"[index] ?? "", { weight }));
    expect([...order].map(() => balancer.pick(servers, any).id).join("")).toBe(order);
  });

  test("a server that was out does not make up for it", () => {
    const balancer = createBalancer("round-robin", Math.random);
    const [a, b] = [server("a"), server("b")];
    for (let turn = 0; turn < 10; turn += 1) balancer.pick([a], any);
    expect([1, 2, 3, 4].map(() => balancer.pick([a, b], any).id).join("")).toBe("abab");
  });
});

describe("least-conn", () => {
  test.each([
    ["fewest requests", [{ open: 3 }, { open: 1 }, { open: 2 }], "b"],
    ["fewest for its weight", [{ open: 3, weight: 4 }, { open: 1 }, { open: 2 }], "a"],
    ["fewest for its weight of the moment", [{ open: 3, weight: 4, weightNow: 1 }, { open: 2 }], "b"],
  ])("%s", (_what, traits, chosen) => {
    const balancer = createBalancer("least-conn", Math.random);
    const servers = traits.map((trait, index) => server("abc"[index] ?? "", trait));
    expect([balancer.pick(servers, any).id, balancer.pick(servers, any).id]).toEqual([chosen, chosen]);
  });

  test("equal ones take turns by their weights", () => {
    const balancer = createBalancer("least-conn", Math.random);
    const servers = [server("a", { weight: 2 }), server("b"), server("c", { open: 1 })];
    expect([1, 2, 3, 4, 5, 6].map(() => balancer.pick(servers, any).id).join("")).toBe("abaaba");
  });

  test("requests that stay are spread by the weights", () => {
    const balancer = createBalancer("least-conn", Math.random);
    const servers = [server("a", { weight: 3 }), server("b", { weight: 1 })];
    for (let count = 0; count < 400; count += 1) balancer.pick(servers, any).open += 1;
    expect(servers.map(({ open }) => open)).toEqual([300, 100]);
  });
});

describe("random-two", () => {
  test("never the worst of three, the best most often", () => {
    const balancer = createBalancer("random-two", seeded(1));
    const servers = [server("a", { open: 9 }), server("b", { open: 5 }), server("c", { open: 1 })];
    const counts = tally(Array.from({ length: 3000 }, () => balancer.pick(servers, any)));
    expect(counts["a"]).toBeUndefined();
    expect(counts["c"]).toBeGreaterThan(1800);
    expect(counts["b"]).toBeGreaterThan(800);
  });

  test("of idle servers each gets its weight's share of the first draws", () => {
    const balancer = createBalancer("random-two", seeded(2));
    const servers = [server("a", { weight: 8 }), server("b"), server("c")];
    const counts = tally(Array.from({ length: 3000 }, () => balancer.pick(servers, any)));
    expect(counts["a"]).toBeGreaterThan(2250);
    expect(counts["b"]).toBeGreaterThan(200);
    expect(counts["c"]).toBeGreaterThan(200);
  });
});

describe.each([
  ["uri-hash", (key: number) => requestFor(`/page/${key}`)],
  ["ip-hash", (key: number) => requestFor("/", `10.${key >> 16}.${(key >> 8) & 255}.${key & 255}`)],
] as const)("%s", (balancing, request) => {
  const keys = Array.from({ length: 10_000 }, (_, key) => request(key));

  function placesOf(servers: readonly ReturnType<typeof server>[], candidates = servers): string[] {
    const balancer = createBalancer(balancing, Math.random);
    balancer.setServers(servers);
    return keys.map((key) => balancer.pick(candidates, key).id);
  }

  const five = ["a", "b", "c", "d", "e"].map((id) => server(id));
  const places = placesOf(five);

  test("the same key has the same server, whatever the order of the list", () => {
    expect(placesOf([...five].reverse())).toEqual(places);
  });

  test("the keys are spread evenly", () => {
    const counts = tally(places.map((id) => ({ id })));
    for (const { id } of five) expect(counts[id] ?? 0).toBeGreaterThan(1600);
    for (const { id } of five) expect(counts[id] ?? 0).toBeLessThan(2400);
  });

  test("a weight of two has twice as many", () => {
    const counts = tally(placesOf([server("a", { weight: 2 }), server("b")]).map((id) => ({ id })));
    expect((counts["a"] ?? 0) / (counts["b"] ?? 1)).toBeGreaterThan(1.6);
    expect((counts["a"] ?? 0) / (counts["b"] ?? 1)).toBeLessThan(2.4);
  });

  test("a sixth server takes about a sixth of the keys, and no other moves", () => {
    const more = placesOf([...five, server("f")]);
    const moved = more.filter((id, index) => id !== places[index]);
    expect(new Set(moved)).toEqual(new Set(["f"]));
    expect(moved.length).toBeGreaterThan(1250);
    expect(moved.length).toBeLessThan(2100);
  });

  test("the keys of a server that is out are spread over the others, which keep theirs", () => {
    const less = placesOf(five, five.slice(1));
    const moved = less.filter((_id, index) => places[index] === "a");
    expect(less.every((id, index) => places[index] === "a" || id === places[index])).toBe(true);
    expect(Object.keys(tally(moved.map((id) => ({ id })))).sort()).toEqual(["b", "c", "d", "e"]);
  });
});

test("ip-hash looks at the network of an IPv6 client, uri-hash at no client", () => {
  const servers = Array.from({ length: 50 }, (_, index) => server(`s${index}`));
  const byAddress = createBalancer("ip-hash", Math.random);
  const byPath = createBalancer("uri-hash", Math.random);
  for (const balancer of [byAddress, byPath]) balancer.setServers(servers);
  const one = byAddress.pick(servers, requestFor("/a", "2001:db8:1:2::5"));
  expect(byAddress.pick(servers, requestFor("/b", "2001:db8:1:2:ffff::1"))).toBe(one);
  expect(byAddress.pick(servers, requestFor("/a", "2001:db8:1:3::5"))).not.toBe(one);
  expect(byPath.pick(servers, requestFor("/a", "192.0.2.1"))).toBe(
    byPath.pick(servers, requestFor("/a", "192.0.2.2")),
  );
});
