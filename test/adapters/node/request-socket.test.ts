import { Socket } from "node:net";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { FacadeSocket } from "../../../src/adapters/node/facade-socket.ts";
import type { Environ } from "../../../src/gateway/types.ts";

interface Row {
  readonly vars: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, unknown>>;
}

const NOTHING = {
  remoteAddress: undefined,
  remotePort: undefined,
  remoteFamily: undefined,
  localAddress: undefined,
  localPort: undefined,
  encrypted: undefined,
};
const FULL = { REMOTE_ADDR: "192.0.2.1", REMOTE_PORT: "50934", SERVER_ADDR: "192.0.2.2", SERVER_PORT: "80" };
const FULL_FACTS = {
  remoteAddress: "192.0.2.1",
  remotePort: 50934,
  remoteFamily: "IPv4",
  localAddress: "192.0.2.2",
  localPort: 80,
};

afterEach(() => {
  vi.resetModules();
});

describe.each([
  { node: "this Node", isChanged: false },
  { node: "a Node whose sockets keep their addresses elsewhere", isChanged: true },
])("$node", ({ isChanged }) => {
  test.each<Row>([
    { vars: FULL, facts: FULL_FACTS },
    { vars: { REMOTE_ADDR: "2001:db8::1" }, facts: { remoteAddress: "2001:db8::1", remoteFamily: "IPv6" } },
    { vars: { REMOTE_ADDR: "", REMOTE_PORT: "" }, facts: {} },
    { vars: { REMOTE_PORT: "x", SERVER_PORT: "123456" }, facts: {} },
    { vars: { "wsgi.url_scheme": "https" }, facts: { encrypted: true } },
    { vars: { "wsgi.url_scheme": "http" }, facts: {} },
  ])("$vars", async ({ vars, facts }) => {
    const socket = new Socket();
    const adapted = await adapt(socket, vars, isChanged);
    const names = Object.keys(NOTHING);
    expect(Object.fromEntries(names.map((name) => [name, Reflect.get(adapted, name)]))).toEqual({
      ...NOTHING,
      ...facts,
    });
    expect(adapted).toBe(socket);
    expect(adapted.destroy().destroyed).toBe(true);
  });
});

test("other sockets are left alone", async () => {
  const prototype = Object.getOwnPropertyDescriptors(Socket.prototype);
  const adapted = await adapt(new Socket(), FULL, false);
  expect(Object.getPrototypeOf(adapted)).toBe(Socket.prototype);
  expect(Object.getOwnPropertyDescriptors(Socket.prototype)).toEqual(prototype);
  expect(new Socket().remoteAddress).toBeUndefined();
});

test("a timeout that is set when the client has left leaves no timer", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const socket = await adapt(new Socket(), FULL, false);
  socket.destroy();
  socket.setTimeout(10);
  expect(vi.getTimerCount()).toBe(0);
  const standIn = new FacadeSocket({} as Environ, { onHead: () => undefined, onFailed: () => undefined });
  standIn.destroy();
  standIn.setTimeout(10);
  expect(vi.getTimerCount()).toBe(0);
});

/** Load the module, where wanted in a Node whose sockets do not let their `_getpeername` be replaced, and adapt a socket there. */
async function adapt(socket: Socket, vars: Row["vars"], isChanged: boolean): Promise<Socket> {
  const original = Object.getOwnPropertyDescriptor(Socket.prototype, "_getpeername") ?? {};
  const fixed = { get: () => original.value as unknown, set: () => undefined, configurable: true };
  if (isChanged) Object.defineProperty(Socket.prototype, "_getpeername", fixed);
  try {
    const { asRequestSocket } = await import("../../../src/adapters/node/request-socket.ts");
    return asRequestSocket(socket, vars as unknown as Environ);
  } finally {
    Object.defineProperty(Socket.prototype, "_getpeername", original);
  }
}
