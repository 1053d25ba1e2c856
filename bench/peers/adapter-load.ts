// Arguments: the path of a Unix socket, "uwsgi" or "http", connections, seconds. Asks again and again, each time on a new connection.
import { connect } from "node:net";
import { type Language, requestIn } from "../adapter-request.ts";
import { HELLO } from "../hello.ts";

const [path = "", language = "uwsgi", connections = "32", seconds = "3"] = process.argv.slice(2);
const request = requestIn(language as Language);
const end = performance.now() + Number(seconds) * 1000;
const start = performance.now();
let requests = 0;
let errors = 0;
let nonSuccess = 0;

await Promise.all(Array.from({ length: Number(connections) }, askUntilTheEnd));
const elapsed = (performance.now() - start) / 1000;
process.stdout.write(`${JSON.stringify({ requestsPerSecond: requests / elapsed, errors, nonSuccess })}\n`);

async function askUntilTheEnd(): Promise<void> {
  while (performance.now() < end) {
    const answer = await ask();
    requests += 1;
    if (!answer.endsWith(`\r\n\r\n${HELLO}`)) errors += 1;
    else if (!answer.startsWith("HTTP/1.1 200 ")) nonSuccess += 1;
  }
}

/** One exchange, until the server closes. */
function ask(): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(path);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      answer += text;
    });
    socket.on("error", () => resolve(""));
    socket.on("close", () => resolve(answer));
    socket.write(request);
  });
}
