import { expect, test } from "vitest";
import { parseServerSpec, type ServerSpec } from "../../../src/front/balance/server-spec.ts";

const plain: Omit<ServerSpec, "place"> = {
  weight: 1,
  isBackup: false,
  isDraining: false,
  maxConnections: undefined,
};
const local: ServerSpec["place"] = { type: "target", target: { type: "tcp", host: "10.0.0.5", port: 3031 } };

test.each<[string, ServerSpec]>([
  ["10.0.0.5:3031", { ...plain, place: local }],
  ["uwsgi://10.0.0.5:3031", { ...plain, place: local }],
  ["10.0.0.5:3031;weight=2", { ...plain, place: local, weight: 2 }],
  ["10.0.0.5:3031;backup", { ...plain, place: local, isBackup: true }],
  ["10.0.0.5:3031;drain", { ...plain, place: local, isDraining: true }],
  ["10.0.0.5:3031;max-conns=10", { ...plain, place: local, maxConnections: 10 }],
  [
    "10.0.0.5:3031 ; weight=256 ; backup; max-conns=1000000",
    { ...plain, place: local, weight: 256, isBackup: true, maxConnections: 1_000_000 },
  ],
  [
    "unix:/run/app.sock;backup",
    { ...plain, place: { type: "target", target: { type: "unix", path: "/run/app.sock" } }, isBackup: true },
  ],
  ["[::1]:3031", { ...plain, place: { type: "target", target: { type: "tcp", host: "::1", port: 3031 } } }],
  [
    "[fe80::1%1]:3031",
    { ...plain, place: { type: "target", target: { type: "tcp", host: "fe80::1%1", port: 3031 } } },
  ],
  [
    "localhost:3031",
    { ...plain, place: { type: "target", target: { type: "tcp", host: "localhost", port: 3031 } } },
  ],
  ["app.internal:3031", { ...plain, place: { type: "name", host: "app.internal", port: 3031 } }],
  [
    "srv+uwsgi://_app._tcp.internal;weight=3",
    { ...plain, place: { type: "service", name: "_app._tcp.internal" }, weight: 3 },
  ],
])("%s", (text, spec) => {
  expect(parseServerSpec(text, "to", "--to")).toEqual(spec);
});

test.each([
  [
    "10.0.0.5:3031;weight=0",
    '--to 10.0.0.5:3031;weight=0: expected a whole number from 1 to 256, got "weight=0"',
  ],
  ["10.0.0.5:3031;weight=257", "from 1 to 256"],
  ["10.0.0.5:3031;weight", 'got "weight"'],
  ["10.0.0.5:3031;weight=1.5", 'got "weight=1.5"'],
  ["10.0.0.5:3031;max-conns=0", "from 1 to 1000000"],
  ["10.0.0.5:3031;backup=yes", 'got "backup=yes"'],
  ["10.0.0.5:3031;fallback", 'expected weight=N, backup, drain or max-conns=N, got "fallback"'],
  ["10.0.0.5:3031;", 'got ""'],
  ["10.0.0.5:3031;weight=1;weight=2", "--to 10.0.0.5:3031;weight=1;weight=2: weight is given twice"],
  ["10.0.0.5:3031;backup;weight=2;backup", "backup is given twice"],
  ["10.0.0.5;weight=2", "is not an address"],
  ["srv+uwsgi://", "is not an address"],
  ["srv+http://_app", "is not an address"],
])("%s is refused, and the part is named", (text, message) => {
  expect(() => parseServerSpec(text, "to", "--to")).toThrow(message);
  expect(() => parseServerSpec(text, "to", "--to")).toThrow(
    expect.objectContaining({ option: "to" }) as Error,
  );
});
