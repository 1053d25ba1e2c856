import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { temporaryDirectory } from "../../support/endpoints.ts";
import { startFront, startScriptedWorker } from "../../support/fronts.ts";
import { openFiles } from "../../support/open-files.ts";
import { converseHttp, type HttpAnswer, header } from "../../support/raw-http.ts";
import { until } from "../../support/wait.ts";

/** What goes wrong, and when. */
const faults = vi.hoisted(() => ({
  open: undefined as string | undefined,
  hasProc: true,
  /** After the path was looked at, and before it is opened. */
  beforeOpen: undefined as (() => Promise<void>) | undefined,
  /** After the path was opened, and before the file is asked where it lies. */
  afterOpen: undefined as (() => Promise<void>) | undefined,
}));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const fail = (code: string): Promise<never> =>
    Promise.reject(Object.assign(new Error(`${code}: at /secret/path`), { code }));
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => {
      if (faults.open) return fail(faults.open);
      await faults.beforeOpen?.();
      const handle = await real.open(...args);
      await faults.afterOpen?.();
      return handle;
    },
    readlink: (...args: Parameters<typeof real.readlink>) =>
      faults.hasProc ? real.readlink(...args) : fail("ENOENT"),
  };
});

let home = "";

beforeEach(async () => {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  home = directory.path;
  await mkdir(join(home, "files", "sub"), { recursive: true });
  await writeFile(join(home, "files", "sub", "a.txt"), "fine");
  await mkdir(join(home, "outside"));
  await writeFile(join(home, "outside", "a.txt"), "secret");
});

afterEach(() => {
  faults.open = undefined;
  faults.hasProc = true;
  faults.beforeOpen = undefined;
  faults.afterOpen = undefined;
});

/** What a client gets when the worker names the file of each test. */
async function ask(
  field: string,
): Promise<{ answer: HttpAnswer | undefined; codes: readonly unknown[]; logged: string }> {
  const worker = await startScriptedWorker(({ socket }) => socket.end(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n`));
  const { endpoint, log } = await startFront([worker.endpoint], {
    accelRoots: { "/protected": join(home, "files") },
    sendfileRoots: [join(home, "files")],
  });
  const { answers } = await converseHttp(endpoint, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", { enough: 1 });
  return { answer: answers[0], codes: log.codes, logged: JSON.stringify(log.lines) };
}

function fields(): readonly string[] {
  return ["X-Accel-Redirect: /protected/sub/a.txt", `X-Sendfile: ${home}/files/sub/a.txt`];
}

async function leadOutside(): Promise<void> {
  await rename(join(home, "files", "sub"), join(home, "files", "away"));
  await symlink("../outside", join(home, "files", "sub"));
}

async function leadBack(): Promise<void> {
  await rename(join(home, "files", "sub"), join(home, "files", "link"));
  await rename(join(home, "files", "away"), join(home, "files", "sub"));
}

describe("a directory that becomes a link while it is looked at leads nowhere", () => {
  test.each([0, 1])("for field %i", async (index) => {
    faults.beforeOpen = leadOutside;
    const { answer, codes } = await ask(fields()[index] ?? "");
    expect(answer).toMatchObject({ status: 403, isComplete: true });
    expect(answer?.body).toContain("UWB_ERR_FILE_FORBIDDEN");
    expect(codes).toEqual(["UWB_ERR_FILE_FORBIDDEN"]);
    await until(() => openFiles(home).length === 0, "the file outside was closed");
  });

  test.runIf(process.platform === "linux")("even when it is one only while the file is opened", async () => {
    faults.beforeOpen = leadOutside;
    faults.afterOpen = leadBack;
    expect((await ask(fields()[0] ?? "")).answer?.status).toBe(403);
  });

  test("where the system does not tell the path of an open file", async () => {
    faults.hasProc = false;
    expect((await ask(fields()[0] ?? "")).answer?.body).toBe("fine");
    faults.beforeOpen = leadOutside;
    expect((await ask(fields()[0] ?? "")).answer?.status).toBe(403);
  });
});

test.each([
  { errno: "EMFILE", status: 503, code: "UWB_ERR_FILE_READ" },
  { errno: "EIO", status: 502, code: "UWB_ERR_FILE_READ" },
  { errno: "EACCES", status: 403, code: "UWB_ERR_FILE_FORBIDDEN" },
  { errno: "ENOENT", status: 404, code: "UWB_ERR_FILE_NOT_FOUND" },
])("$errno is answered with $status", async ({ errno, status, code }) => {
  faults.open = errno;
  const { answer, codes, logged } = await ask(fields()[0] ?? "");
  expect(answer?.status).toBe(status);
  expect(header(answer, "retry-after")).toBe(status === 503 ? "1" : undefined);
  expect(codes).toEqual([code]);
  expect(logged).not.toContain("/secret");
});
