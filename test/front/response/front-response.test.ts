import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { FrontResponse } from "../../../src/front/response/front-response.ts";

const RESPONSE = {
  status: 200,
  reason: "Fine",
  headers: [
    ["X-Word", "caf\xe9"],
    ["Content-Length", "4"],
  ],
  body: "\xff\x00ab",
} as const;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers `/whole` in one piece where it can, and says in `taken` whether it could; everything else as Node does. */
async function start(setUp: (server: Server) => void = () => undefined, dated = false) {
  const taken: boolean[] = [];
  const headers = dated ? [...RESPONSE.headers, ["Date", "long ago"] as const] : RESPONSE.headers;
  const server = createServer(
    { ServerResponse: FrontResponse },
    (request: IncomingMessage, response: FrontResponse) => {
      if (request.url === "/whole") {
        taken.push(response.sendWhole({ ...RESPONSE, headers }));
        if (taken.at(-1)) return;
      }
      response.writeHead(RESPONSE.status, RESPONSE.reason, headers as never);
      response.end(RESPONSE.body, "latin1");
    },
  ) as unknown as Server;
  setUp(server);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { taken, exchange: (text: string) => exchange(port, text) };
}

/** Everything that is answered to a text, until the server closes. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1");
    socket.setEncoding("latin1").on("data", (block: string) => {
      answer += block;
    });
    socket.on("error", reject).on("close", () => resolve(answer));
    socket.write(text, "latin1");
  });
}

const request = (path: string, more = "", version = "1.1", method = "GET"): string =>
  `${method} ${path} HTTP/${version}\r\nHost: a\r\n${more}\r\n`;
const LAST = request("/last", "Connection: close\r\n");
const undated = (text: string): string => text.replaceAll(/^Date: .*GMT\r$/gm, "Date: now\r");

test.each<[string, (server: Server) => void, boolean]>([
  ["as it comes", () => undefined, false],
  [
    "a limit of requests for each connection",
    (server) => Object.assign(server, { maxRequestsPerSocket: 9 }),
    false,
  ],
  ["another time to keep it", (server) => Object.assign(server, { keepAliveTimeout: 33_000 }), false],
  ["no time to keep it", (server) => Object.assign(server, { keepAliveTimeout: 0 }), false],
  ["a Date of the application", () => undefined, true],
])("the bytes are those of writeHead and end: %s", async (_, setUp, dated) => {
  const { taken, exchange } = await start(setUp, dated);
  const whole = await exchange(request("/whole") + LAST);
  const usual = await exchange(request("/usual") + LAST);
  expect(undated(whole)).toBe(undated(usual));
  expect(whole).toContain("HTTP/1.1 200 Fine\r\nX-Word: caf\xe9\r\n");
  expect(taken).toEqual([true]);
});

test("the date is that of now", async () => {
  const { exchange } = await start();
  const [, date = ""] = /Date: (.*)\r/.exec(await exchange(request("/whole") + LAST)) ?? [];
  expect(Math.abs(Date.parse(date) - Date.now())).toBeLessThan(5000);
});

test.each([
  ["the client closes", request("/whole", "Connection: close\r\n")],
  ["HTTP/1.0", request("/whole", "", "1.0")],
  [
    "HTTP/1.0 with keep-alive",
    request("/whole", "Connection: keep-alive\r\n", "1.0") + request("/whole", "", "1.0"),
  ],
  ["HEAD", request("/whole", "", "1.1", "HEAD") + LAST],
])("left to Node: %s", async (_, text) => {
  const { taken, exchange } = await start();
  expect(await exchange(text)).toContain("HTTP/1.1 200 Fine\r\n");
  expect(new Set(taken)).toEqual(new Set([false]));
});

test("the last request that a connection may carry is left to Node, which closes behind it", async () => {
  const { taken, exchange } = await start((server) =>
    Object.assign(server, { maxRequestsPerSocket: 2, keepAliveTimeout: 50 }),
  );
  const answers = await exchange(request("/whole") + request("/whole"));
  expect(taken).toEqual([true, false]);
  expect(answers.match(/Connection: (close|keep-alive)/g)).toEqual([
    "Connection: keep-alive",
    "Connection: close",
  ]);
});

test("many on one connection, one after the other, each finished and closed once", async () => {
  const events: string[] = [];
  const { exchange } = await start((server) => {
    server.on("request", (_request, response) => {
      response.on("finish", () => events.push("finish")).on("close", () => events.push("close"));
    });
  });
  const answers = await exchange(request("/whole").repeat(50) + LAST);
  expect(answers.match(/HTTP\/1\.1 200 Fine/g)).toHaveLength(51);
  expect(events.filter((event) => event === "finish")).toHaveLength(51);
  expect(events.filter((event) => event === "close")).toHaveLength(51);
});
