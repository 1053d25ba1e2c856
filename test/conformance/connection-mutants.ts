import type { Mutant } from "./mutants.ts";

/** Workers that are wrong about when a request ends, when a response does, and when to close. */
export const connectionMutants: readonly Mutant[] = [
  {
    name: "leaves the connection open",
    caughtBy: ["response-framing/closes-sized", "response-framing/closes-close-asked"],
    mutation: { keepsOpen: true },
  },
  {
    name: "waits for the peer to close its side",
    caughtBy: ["packet/well-formed", "input/no-body"],
    mutation: { waitsForEnd: true },
    timeoutMs: 300,
  },
  {
    name: "closes in order after half a body",
    caughtBy: ["errors/fails-later-unsized"],
    mutation: { hidesResets: true },
  },
  {
    name: "goes on when the peer has left",
    caughtBy: ["disconnect/stops-streaming-reset", "disconnect/stops-streaming-close"],
    mutation: { hidesLeaving: true },
  },
  {
    name: "holds a response until it is whole",
    caughtBy: ["disconnect/first-block-leaves", "disconnect/first-write-leaves"],
    mutation: { answer: (answer) => answer },
  },
  {
    name: "fills a short body up",
    caughtBy: ["input/short-body"],
    mutation: {
      rest: (rest, { vars }) => {
        const length = Number(vars.find(([key]) => key === "CONTENT_LENGTH")?.[1] ?? 0);
        return Buffer.concat([rest, Buffer.alloc(Math.max(0, (length || 0) - rest.length))]);
      },
    },
  },
  {
    name: "passes surplus bytes to the application",
    caughtBy: ["input/surplus-dropped"],
    mutation: {
      packet: (packet) => ({
        ...packet,
        vars: packet.vars.map(([key, value]) => [key, key === "CONTENT_LENGTH" ? "8" : value]),
      }),
    },
  },
];
