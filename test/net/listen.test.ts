import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { createFront } from "../../src/front/front.ts";
import { createRelay } from "../../src/inspect/relay.ts";
import type { Logger } from "../../src/log.ts";
import { logAcceptErrors } from "../../src/net/accept-errors.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { listen } from "../../src/net/listen.ts";
import { accessProblem, publishSocket } from "../../src/net/unix-socket.ts";
import { createWorker } from "../../src/worker/worker.ts";
import { anyPort, temporaryDirectory } from "../support/endpoints.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { textApp } from "../support/workers.ts";

describe("a Unix socket", () => {
  test("in a directory that is not there: the error names the directory", async () => {
    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const missing = join(directory.path, "missing");
    const { code, message } = await failureOf({ type: "unix", path: join(missing, "app.sock") });
    expect(code).toBe("UWB_ERR_LISTEN");
    expect(message).toBe(
      `can not listen on unix:${missing}/app.sock: the directory ${missing} does not exist`,
    );
  });

  test.each([
    { name: "below a file", path: "/proc/version/app.sock", reason: /ENOTDIR.* \/proc\/version\/app\.sock$/ },
    {
      name: "where none can be created",
      path: "/proc/app.sock",
      reason: /no permission to create a socket in \/proc$/,
    },
  ])("$name: the error names no other file than what was asked for", async ({ path, reason }) => {
    const { code, message } = await failureOf({ type: "unix", path });
    expect(code).toBe("UWB_ERR_LISTEN");
    expect(message).toMatch(reason);
  });
});

describe("mode and owner of a Unix socket that can not be set", () => {
  const temporary = "/run/.1a2b";
  const path = "/run/app.sock";

  test.each([
    {
      code: "EPERM",
      access: { uid: 0, gid: 33 },
      reason: "no permission to give it to 0:33; without root it can only be given to a group of your own",
    },
    {
      code: "EPERM",
      access: { gid: 33 },
      reason: "no permission to give it to :33; without root it can only be given to a group of your own",
    },
    { code: "EROFS", access: { uid: 0 }, reason: "EROFS: operation, chown '/run/app.sock'" },
  ])("are explained: $code, $access", ({ code, access, reason }) => {
    const error = Object.assign(new Error(`${code}: operation, chown '${temporary}'`), { code });
    expect(accessProblem(error, { temporary, path, access })).toBe(reason);
  });

  test("are an error with the path that was asked for", async () => {
    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const wanted = join(directory.path, "app.sock");
    await expect(publishSocket(join(directory.path, ".gone"), wanted, {})).rejects.toMatchObject({
      code: "UWB_ERR_LISTEN",
      message: `can not listen on unix:${wanted}: ENOENT: no such file or directory, chmod '${wanted}'`,
    });
  });
});

describe("an address that is taken is an error for the caller, and no line in the log of", () => {
  const to = { type: "tcp", host: "127.0.0.1", port: 1 } as const;
  const servers: Record<string, (log: Logger, endpoint: Endpoint) => Promise<Endpoint>> = {
    "a worker": (log, endpoint) => createWorker(textApp(""), { log }).listen(endpoint),
    "a front": (log, endpoint) => createFront({ to: [":1"], log }).listen(endpoint),
    "a relay": (log, endpoint) =>
      createRelay({ to, log, observe: () => expect.fail("nobody connects") }).listen(endpoint),
  };

  test.each(Object.keys(servers))("%s", async (name) => {
    const taken = createServer();
    const { endpoint } = await listen(taken, anyPort);
    onTestFinished(() => void taken.close());
    const log = new RecordingLog();
    await expect(servers[name]?.(log, endpoint)).rejects.toMatchObject({ code: "UWB_ERR_SOCKET_IN_USE" });
    expect(log.lines).toEqual([]);
  });
});

test("what goes wrong while a server listens is logged", async () => {
  const server = createServer();
  const log = new RecordingLog();
  logAcceptErrors(server, log);
  await listen(server, anyPort);
  onTestFinished(() => void server.close());
  const err = new Error("accept EMFILE");
  server.emit("error", err);
  expect(log.lines).toEqual([{ level: "error", fields: { err }, message: "accepting connections failed" }]);
});

async function failureOf(endpoint: Endpoint): Promise<UsageError> {
  const error: unknown = await listen(createServer(), endpoint).catch((reason: unknown) => reason);
  if (!(error instanceof UsageError))
    throw new Error("it listens, or fails in another way", { cause: error });
  return error;
}
