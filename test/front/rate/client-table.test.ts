import { expect, test } from "vitest";
import { ClientTable } from "../../../src/front/rate/client-table.ts";
import { LeakyBucket } from "../../../src/front/rate/leaky-bucket.ts";

const SECOND = 1_000_000;

function table(most: number, burst = 2): ClientTable {
  return new ClientTable(new LeakyBucket({ requests: 1, burst }), most);
}

test("clients have buckets of their own", () => {
  const clients = table(10, 0);
  expect([clients.take("a", 0), clients.take("b", 0), clients.take("a", 0)]).toEqual([0, 0, SECOND]);
});

test("a flood of addresses takes no more room than there is", () => {
  const clients = table(100);
  for (let index = 0; index < 10_000; index += 1) {
    clients.take(`client ${index}`, index);
    expect(clients.size).toBeLessThanOrEqual(100);
  }
});

test("who has an empty bucket is forgotten, although there is room", () => {
  const clients = table(100);
  for (let index = 0; index < 50; index += 1) clients.take(`client ${index}`, 0);
  for (let index = 0; index < 50; index += 1) clients.take(`later ${index}`, 10 * SECOND);
  expect(clients.size).toBeLessThanOrEqual(50);
});

test("the emptiest of the oldest goes first: a full bucket stays, though its client is silent", () => {
  const clients = table(20);
  for (let count = 0; count < 3; count += 1) clients.take("offender", 0);
  for (let index = 0; index < 1000; index += 1) clients.take(`passer-by ${index}`, 1);
  expect(clients.take("offender", 1)).toBeGreaterThan(0);
});

test("who goes on against refusals stays, though others fill their buckets as well", () => {
  const clients = table(20, 0);
  clients.take("offender", 0);
  for (let index = 0; index < 1000; index += 1) {
    clients.take(`other ${index}`, index);
    expect(clients.take("offender", index)).toBeGreaterThan(0);
  }
});

test("the one that was not seen for the longest time goes when all are as full", () => {
  const clients = table(20, 0);
  for (let index = 0; index < 20; index += 1) clients.take(`client ${index}`, 0);
  expect(clients.take("client 0", 1)).toBeGreaterThan(0);
  clients.take("new", 1);
  expect(clients.take("client 2", 2)).toBeGreaterThan(0);
  expect(clients.take("client 0", 2)).toBeGreaterThan(0);
  expect(clients.take("client 1", 2)).toBe(0);
});
