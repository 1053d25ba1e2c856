import { describe, expect, test } from "vitest";
import { listenError } from "../../src/net/listen.ts";

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`listen ${code}: of the system`), { code });
}

describe("an address that can not be listened on", () => {
  test("because it is taken: what to do, and by which flag", () => {
    const error = listenError(systemError("EADDRINUSE"), { type: "tcp", host: "127.0.0.1", port: 8080 });
    expect(error).toMatchObject({
      code: "UWB_ERR_SOCKET_IN_USE",
      message:
        "another process listens on 127.0.0.1:8080; stop it, or choose another address (--http; of a worker --socket)",
    });
  });

  test("because its port is for root: what allows it", () => {
    const error = listenError(systemError("EACCES"), { type: "tcp", host: "::", port: 80 });
    expect(error).toMatchObject({
      code: "UWB_ERR_LISTEN",
      message:
        "can not listen on [::]:80: this user may not open a port below 1024; choose a higher one, let systemd open it (--http systemd), or " +
        "give the process CAP_NET_BIND_SERVICE",
    });
  });

  test("for any other reason: that of the system", () => {
    const error = listenError(systemError("EADDRNOTAVAIL"), { type: "tcp", host: "10.9.9.9", port: 80 });
    expect(error.message).toBe("can not listen on 10.9.9.9:80: listen EADDRNOTAVAIL: of the system");
  });
});
