import { channel } from "node:diagnostics_channel";
import { createServer, type IncomingMessage, Server, type ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { fromNode, type NodeListener } from "../../../src/adapters/index.ts";
import { bodyOf, converse, type Heard, requestBytes, statusOf } from "../../support/raw-peer.ts";
import { until } from "../../support/wait.ts";
import { type StartedWorker, startWorker, transports } from "../../support/workers.ts";
import { makers } from "./modes.ts";

describe.each(Object.entries(makers))("%s", (_mode, make) => {
  const ask = async (target: NodeListener | Server): Promise<Heard & StartedWorker> => {
    const started = await startWorker(make(target));
    return { ...started, ...(await converse(started.endpoint, [requestBytes()])) };
  };

  describe("what a listener throws", () => {
    const failures: Readonly<Record<string, NodeListener>> = {
      "a synchronous throw": () => {
        throw new Error("secret");
      },
      "a rejected promise": () => Promise.reject(new Error("secret")),
      "something that is no error": () => Promise.reject("secret"),
    };

    test.each(Object.entries(failures))(
      "%s before the head: 500, told to the log only",
      async (_name, listener) => {
        const { text, end, log, worker } = await ask((request, response) => {
          response.setHeader("X-Half-Made", "1");
          response.setHeader("Content-Length", "5");
          return listener(request, response);
        });
        expect([statusOf(text), bodyOf(text), end]).toEqual([500, "Internal Server Error\n", "fin"]);
        expect(text).not.toMatch(/secret|X-Half-Made/);
        expect(JSON.stringify(log.lines)).toContain("secret");
        await until(() => worker.stats().openConnections === 0, "the connection is closed");
        expect(worker.stats().runningRequests).toBe(0);
      },
    );

    test.each(Object.entries(failures))("%s after the end changes nothing", async (_name, listener) => {
      const { text, log } = await ask((request, response) => {
        response.end("whole");
        return listener(request, response);
      });
      expect([statusOf(text), bodyOf(text)]).toEqual([200, "whole"]);
      expect(JSON.stringify(log.lines)).toContain("secret");
    });

    test("in the middle of a body that has no length: the connection is reset", async () => {
      const { text, end } = await ask(async (_request, response) => {
        response.write("the beginning");
        await new Promise((resolve) => setTimeout(resolve, 20));
        throw new Error("secret");
      });
      expect([statusOf(text), bodyOf(text), end]).toEqual([200, "the beginning", "reset"]);
    });

    test("in the middle of a body whose length was told: it ends short", async () => {
      const { text } = await ask(async (_request, response) => {
        response.writeHead(200, { "Content-Length": "100" });
        response.write("the beginning");
        await new Promise((resolve) => setTimeout(resolve, 20));
        throw new Error("secret");
      });
      expect([statusOf(text), bodyOf(text)]).toEqual([200, "the beginning"]);
    });
  });

  describe("a server as the target", () => {
    test("all its request listeners are called, in order", async () => {
      const server = new Server();
      server.on("request", (_request, response) => response.setHeader("X-First", "1"));
      server.on("request", (_request, response) => response.end("second"));
      const { text } = await ask(server);
      expect(bodyOf(text)).toBe("second");
      expect(text).toContain("X-First: 1");
    });

    test("listeners that come later are called, and what a tool puts around emit sees the requests", async () => {
      const server = new Server();
      const seen: string[] = [];
      const emit = server.emit.bind(server);
      server.emit = (event: string | symbol, ...args: unknown[]) => {
        seen.push(String(event));
        return emit(event as "request", ...(args as [IncomingMessage, ServerResponse]));
      };
      const app = make(server);
      server.on("request", (_request, response) => response.end("late"));
      const { endpoint } = await startWorker(app);
      expect(bodyOf((await converse(endpoint, [requestBytes()])).text)).toBe("late");
      expect(seen.filter((event) => event === "request")).toEqual(["request"]);
      expect(server.listening).toBe(false);
    });
  });

  describe("diagnostics_channel", () => {
    const seen: { readonly name: string; readonly message: Message }[] = [];
    const listeners = ["http.server.request.start", "http.server.response.finish"].map((name) => ({
      name,
      listen: (message: unknown) => void seen.push({ name, message: message as Message }),
    }));
    afterEach(() => {
      seen.length = 0;
      for (const { name, listen } of listeners) channel(name).unsubscribe(listen);
    });

    test("a request is seen once when it starts, and once when its response is finished", async () => {
      for (const { name, listen } of listeners) channel(name).subscribe(listen);
      await ask(createServer((_request, response) => response.end("x")));
      await until(() => seen.length >= 2, "both were seen");
      expect(seen.map(({ name }) => name)).toEqual(listeners.map(({ name }) => name));
      for (const { message } of seen) {
        expect(message.server).toBeInstanceOf(Server);
        expect(message.request.socket).toBe(message.socket);
        expect(message.response.statusCode).toBe(200);
      }
    });
  });
});

test.each(transports)(
  "over %s, a half body without a length: reset where there is one",
  async (transport) => {
    const app = fromNode((_request, response) => {
      response.write("the beginning");
      setTimeout(() => response.destroy(), 20);
    });
    const { endpoint } = await startWorker(app, {}, { transport });
    const { text, end } = await converse(endpoint, [requestBytes()]);
    // Nothing tells a truncated body of unknown length from a whole one on a Unix socket.
    expect([bodyOf(text), end]).toEqual(["the beginning", transport === "tcp" ? "reset" : "fin"]);
  },
);

test("a target that is neither a function nor a server is refused", () => {
  expect(() => fromNode({} as Server)).toThrow(
    expect.objectContaining({ name: "ConfigError", message: expect.stringContaining("http.Server") }),
  );
});

interface Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: unknown;
  readonly server: unknown;
}
