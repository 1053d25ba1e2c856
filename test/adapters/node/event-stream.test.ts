import { describe, expect, test } from "vitest";
import { fromNode, type NodeListener } from "../../../src/adapters/index.ts";
import { converse, requestBytes } from "../../support/raw-peer.ts";
import { startWorker } from "../../support/workers.ts";

const TYPE = "text/event-stream; charset=utf-8";

/** The ways in which a Node application may announce server-sent events, each with a second header that has to stay. */
const ways: Record<string, NodeListener> = {
  "setHeader and write": (_request, response) => {
    response.setHeader("Content-Type", TYPE);
    response.setHeader("X-App", "a");
    response.write("data: 1\n\n");
    response.end();
  },
  "writeHead with an object": (_request, response) => {
    response.writeHead(200, { "content-type": TYPE, "X-App": ["a"] }).end("data: 1\n\n");
  },
  "writeHead with a reason": (_request, response) => {
    response.writeHead(200, "Fine", { "Content-Type": TYPE, "X-App": "a" }).end("data: 1\n\n");
  },
  "writeHead with a flat array": (_request, response) => {
    response.writeHead(200, ["Content-Type", TYPE, "X-App", "a"]).end("data: 1\n\n");
  },
  "writeHead with an array of pairs": (_request, response) => {
    const pairs = [
      ["Content-Type", TYPE],
      ["X-App", "a"],
    ];
    response.writeHead(200, pairs as never).end("data: 1\n\n");
  },
  "writeHead after setHeader": (_request, response) => {
    response.setHeader("Content-Type", TYPE);
    response.writeHead(200, { "X-App": "a" }).end("data: 1\n\n");
  },
};

describe("server-sent events of a Node application tell nginx not to hold them back", () => {
  test.each(Object.keys(ways))("%s", async (way) => {
    const head = await headOf(ways[way] as NodeListener);
    expect(head.match(/^x-accel-buffering: .*$/gim)).toEqual(["X-Accel-Buffering: no"]);
    expect(head).toMatch(/^X-App: a$/m);
    expect(head).toMatch(/^content-type: text\/event-stream/im);
  });

  test.each<{ name: string; listener: NodeListener }>([
    {
      name: "setHeader",
      listener: (_request, response) => {
        response.setHeader("Content-Type", TYPE).setHeader("x-accel-buffering", "yes").end("data: 1\n\n");
      },
    },
    {
      name: "writeHead",
      listener: (_request, response) => {
        response.writeHead(200, { "Content-Type": TYPE, "x-accel-buffering": "yes" }).end("data: 1\n\n");
      },
    },
  ])("unless it has said something itself, by $name", async ({ listener }) => {
    const head = await headOf(listener);
    expect(head.match(/^x-accel-buffering: .*$/gim)).toEqual(["x-accel-buffering: yes"]);
  });

  test.each(["text/plain", "text/event-streams", undefined])("other types do not: %s", async (type) => {
    const head = await headOf((_request, response) => {
      if (type !== undefined) response.setHeader("Content-Type", type);
      response.end("text");
    });
    expect(head).not.toMatch(/accel/i);
  });
});

async function headOf(listener: NodeListener): Promise<string> {
  const { endpoint } = await startWorker(fromNode(listener));
  const { text } = await converse(endpoint, [requestBytes()]);
  return text.slice(0, text.indexOf("\r\n\r\n")).replaceAll("\r\n", "\n");
}
