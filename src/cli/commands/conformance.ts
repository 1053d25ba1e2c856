import type { Command } from "commander";
import type { CliIo } from "../io.ts";
import { registerConformanceFront } from "./conformance-front.ts";
import { registerConformanceFuzz } from "./conformance-fuzz.ts";
import { registerConformanceWorker } from "./conformance-worker.ts";

/** `uwsgi-bridge conformance`: what an implementation of the protocol does, case by case. */
export function registerConformance(program: Command, io: CliIo): void {
  const command = program
    .command("conformance")
    .description("test any implementation of the protocol")
    .addHelpText(
      "after",
      `
Examples:
  uwsgi-bridge conformance worker --target 127.0.0.1:3031    a uwsgi server that runs the contract app
  uwsgi-bridge conformance front --url http://127.0.0.1:8080 --listen 127.0.0.1:3031    an HTTP server before it
  uwsgi-bridge conformance fuzz --worker 127.0.0.1:3031 --time 30s    mutated packets, answers and requests
  uwsgi-bridge conformance worker --list                     what is tested
  uwsgi-bridge conformance worker --explain packet/datasize-zero`,
    );
  registerConformanceWorker(command, io);
  registerConformanceFront(command, io);
  registerConformanceFuzz(command, io);
}
