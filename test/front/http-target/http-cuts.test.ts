import { expect, test } from "vitest";
import { startFront } from "../../support/fronts.ts";
import { startScriptedServer } from "../../support/http-servers.ts";
import { startTalker } from "../../support/tunnels.ts";

const GET = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";

test.each([
  { name: "a length", response: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nwhole body" },
  {
    name: "chunks",
    response: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n5\r\n body\r\n0\r\n\r\n",
  },
])("a server that ends after any byte of a response with $name is found out", async ({ response }) => {
  let cut = 0;
  const { url } = await startScriptedServer(({ socket }) => socket.end(response.slice(0, cut)));
  const { endpoint } = await startFront([], { routes: [{ to: url }] });
  for (; cut <= response.length; cut += 1) {
    const talker = startTalker(endpoint, GET);
    await talker.untilEnd();
    const text = talker.heard();
    const outcome = text.startsWith("HTTP/1.1 502 ") ? "refused" : isWhole(text) ? "whole" : "broken";
    // The last chunk is only whole with the empty line behind it.
    expect([cut, outcome]).toEqual([
      cut,
      cut === response.length ? "whole" : expect.not.stringMatching("whole"),
    ]);
  }
});

/** A strict client's opinion. */
function isWhole(text: string): boolean {
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  return /\r\nContent-Length: 10\r\n/i.test(text) ? body === "whole body" : body.endsWith("0\r\n\r\n");
}
