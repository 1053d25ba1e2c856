import { describe, expect, test } from "vitest";
import { createEnviron, type ServerFacts } from "../../src/gateway/create-environ.ts";
import { environFromPacket } from "../../src/gateway/environ.ts";
import { ErrorLog } from "../../src/gateway/error-log.ts";
import { FileWrapper, wrapFile } from "../../src/gateway/file-wrapper.ts";
import { Input } from "../../src/gateway/input.ts";
import type { Environ } from "../../src/gateway/types.ts";
import { plainVars } from "./run-gateway.ts";

const SIGNAL = "uwsgi_bridge.signal";

test("the keys of the server are these, with these values", () => {
  const input = new Input(0, { pause: () => undefined, resume: () => undefined });
  const errors = new ErrorLog(() => undefined);
  const owner = new AbortController();
  const state = { answer: 42 };
  const packet = { modifier1: 5, modifier2: 7, vars: Object.entries({ ...plainVars, HTTPS: "on" }) };
  const environ = createEnviron(environFromPacket(packet), packet, {
    server: { version: "1.2.3", worker: 4, multiprocess: true, concurrent: true, state },
    parts: { input, errors, signalOwner: owner },
  });
  const own = Object.fromEntries(Object.entries(environ).filter(([key]) => key.includes(".")));
  expect(own).toStrictEqual({
    "wsgi.version": [1, 0],
    "wsgi.url_scheme": "https",
    "wsgi.input": input,
    "wsgi.errors": errors,
    "wsgi.multithread": false,
    "wsgi.multiprocess": true,
    "wsgi.run_once": false,
    "wsgi.input_terminated": true,
    "wsgi.file_wrapper": wrapFile,
    "uwsgi_bridge.version": "1.2.3",
    "uwsgi_bridge.signal": owner.signal,
    "uwsgi_bridge.response_finished": [],
    "uwsgi_bridge.modifiers": [5, 7],
    "uwsgi_bridge.worker": 4,
    "uwsgi_bridge.concurrent": true,
    "uwsgi_bridge.state": state,
  });
  expect(environ["uwsgi_bridge.state"]).toBe(state);
  expect(environ["wsgi.input"]).toBe(input);
  expect(environ["wsgi.errors"]).toBe(errors);
  expect(environ["wsgi.file_wrapper"]({ read: () => new Uint8Array() })).toBeInstanceOf(FileWrapper);
});

test("it is the CGI environ, completed: no key of the packet is lost", () => {
  const cgi = environFromPacket(packetOf({ HTTP_X_A: "1" }));
  const environ = createEnviron(cgi, packetOf({}), { server, parts: partsOf(new AbortController()) });
  expect(environ).toBe(cgi);
  expect(environ).toMatchObject({ ...plainVars, HTTP_X_A: "1" });
});

test("it has no prototype, so that no name of a var can mean something to JavaScript", () => {
  const environ = created();
  expect(Object.getPrototypeOf(environ)).toBeNull();
  expect(environ["toString"]).toBeUndefined();
  expect(environ["constructor"]).toBeUndefined();
});

test("each request has its own, with its own lists", () => {
  const [first, second] = [created(), created()];
  expect(first).not.toBe(second);
  first["uwsgi_bridge.response_finished"].push(() => undefined);
  first["example.key"] = 1;
  expect(second["uwsgi_bridge.response_finished"]).toEqual([]);
  expect(second["example.key"]).toBeUndefined();
});

describe("the signal", () => {
  test("is not made until the application looks at it, and then it is the owner's", () => {
    const { owner, environ } = withCountedSignal();
    expect(owner.asked).toBe(0);
    expect(environ[SIGNAL]).toBe(owner.controller.signal);
    expect(owner.asked).toBe(1);
  });

  test("is not made by asking which keys there are", () => {
    const { owner, environ } = withCountedSignal();
    expect(Object.keys(environ)).toContain(SIGNAL);
    expect(SIGNAL in environ).toBe(true);
    expect(Object.hasOwn(environ, SIGNAL)).toBe(true);
    expect(owner.asked).toBe(0);
  });

  test("is an own enumerable property, so that copies have it", () => {
    const { owner, environ } = withCountedSignal();
    expect({ ...environ }[SIGNAL]).toBe(owner.controller.signal);
    expect(Object.assign({}, environ)[SIGNAL]).toBe(owner.controller.signal);
    expect(Object.fromEntries(Object.entries(environ))[SIGNAL]).toBe(owner.controller.signal);
  });

  test("is seen through an object that inherits from the environ", () => {
    const { owner, environ } = withCountedSignal();
    const derived: Environ = Object.create(environ);
    expect(derived[SIGNAL]).toBe(owner.controller.signal);
  });

  test("can be replaced like any other value, again and again", () => {
    const { owner, environ } = withCountedSignal();
    const [first, second] = [new AbortController().signal, new AbortController().signal];
    environ[SIGNAL] = first;
    expect(environ[SIGNAL]).toBe(first);
    environ[SIGNAL] = second;
    expect(environ[SIGNAL]).toBe(second);
    expect({ ...environ }[SIGNAL]).toBe(second);
    expect(Object.keys(environ)).toContain(SIGNAL);
    expect(owner.asked).toBe(0);
  });

  test("replaced in a derived object stays as it was in the environ", () => {
    const { owner, environ } = withCountedSignal();
    const derived: Environ = Object.create(environ);
    const other = new AbortController().signal;
    derived[SIGNAL] = other;
    expect(derived[SIGNAL]).toBe(other);
    expect(environ[SIGNAL]).toBe(owner.controller.signal);
  });

  test("can be deleted, before and after it was replaced", () => {
    for (const replace of [false, true]) {
      const { environ } = withCountedSignal();
      if (replace) environ[SIGNAL] = AbortSignal.abort();
      expect(Reflect.deleteProperty(environ, SIGNAL)).toBe(true);
      expect(SIGNAL in environ).toBe(false);
    }
  });

  test("of an object that took over nothing but the getter is undefined, not an error", () => {
    const descriptor = Object.getOwnPropertyDescriptor(created(), SIGNAL);
    expect(Reflect.apply(descriptor?.get ?? String, {}, [])).toBeUndefined();
  });
});

const server: ServerFacts = {
  version: "1.2.3",
  worker: 1,
  multiprocess: false,
  concurrent: false,
  state: {},
};

function created(signalOwner: { readonly signal: AbortSignal } = new AbortController()): Environ {
  const packet = packetOf({});
  return createEnviron(environFromPacket(packet), packet, { server, parts: partsOf(signalOwner) });
}

function withCountedSignal() {
  const owner = {
    asked: 0,
    controller: new AbortController(),
    get signal(): AbortSignal {
      this.asked += 1;
      return this.controller.signal;
    },
  };
  return { owner, environ: created(owner) };
}

function packetOf(vars: Record<string, string>) {
  return { modifier1: 0, modifier2: 0, vars: Object.entries({ ...plainVars, ...vars }) };
}

function partsOf(signalOwner: { readonly signal: AbortSignal }) {
  return {
    input: new Input(0, { pause: () => undefined, resume: () => undefined }),
    errors: new ErrorLog(() => undefined),
    signalOwner,
  };
}
