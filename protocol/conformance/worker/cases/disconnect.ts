import { setTimeout as sleep } from "node:timers/promises";
import { failed, passed, type Verdict } from "../../case.ts";
import { pep3333, spec } from "../../sources.ts";
import { bodyIs, ok } from "../checks.ts";
import { countsFault } from "../counts.ts";
import { requestBytes } from "../request-bytes.ts";
import { deathFault, exchangeCases, scriptCases, type WorkerCase } from "../worker-case.ts";
import type { WorkerContext } from "../worker-context.ts";

const GROUP = "disconnect";
const LEAVING = spec("8");
const HELD =
  "Clients leave all the time. What goes on being made for nobody holds memory, a process, a connection to a database.";
/** Blocks of 64 KiB that fit the buffers on the way to a client that reads nothing. */
const BUFFERED_BLOCKS = 200;
/** Long enough to make twice as many, at one in 5 ms. */
const UNREAD_MS = 2000;
/** Of the 400 ms between two parts so much is left at least, however busy the machine is. */
const PAUSE_SEEN_MS = 200;

/** Ask for an endless body, hear a little, leave, and see that the application was told to stop. */
async function leave(context: WorkerContext, path: string, how: "reset" | "fin"): Promise<Verdict> {
  const { bytes, method } = requestBytes({ path }, context.token);
  const conversation = await context.connect(method);
  await conversation.write(context.pieces(bytes));
  if (!(await conversation.untilBytes(60))) {
    return failed("the beginning of an endless body", "nothing", conversation.bytes);
  }
  if (how === "reset") conversation.leave();
  else conversation.close();
  const wanted = {
    expected: "the body closed once",
    holds: ({ closes }: { closes: number }) => closes === 1,
  };
  const fault = await countsFault(context, wanted);
  return fault === undefined ? passed("the body was closed") : failed(wanted.expected, fault);
}

export const disconnectCases: readonly WorkerCase[] = [
  ...exchangeCases(GROUP, [
    {
      name: "half-close-after-request",
      level: "MAY",
      rule: "A client that closes its sending side behind the request is answered",
      source: spec("4.2"),
      why: "Nobody does it but lighttpd when told to. Most servers take it for leaving, which it usually is.",
      send: { path: "/slow-blocks" },
      halfClose: true,
      allow: ok("firstsecond"),
    },
  ]),
  ...scriptCases(GROUP, [
    {
      name: "leaves-at-once",
      rule: "A client that leaves right behind its request harms nothing",
      source: LEAVING,
      why: HELD,
      routes: ["hello"],
      story: "Sent: a request, then a reset. Ten times, then an ordinary request. Allowed: 200 hello.",
      run: async (context) => {
        for (let number = 0; number < 10; number += 1) {
          const conversation = await context.connect();
          await conversation.write(context.pieces(requestBytes({ path: "/hello" }, context.token).bytes));
          conversation.leave();
        }
        const answer = await context.exchange(requestBytes({ path: "/hello" }, context.token));
        const fault = ok("hello").fault(answer);
        return fault === undefined ? passed("200 hello") : failed("200 hello", fault, answer.bytes);
      },
    },
    {
      name: "leaves-inside-packet",
      rule: "A client that resets inside its packet harms nothing",
      source: spec("2"),
      why: HELD,
      routes: ["hello"],
      story: "Sent: half a packet, then a reset. Ten times, then an ordinary request. Allowed: 200 hello.",
      run: async (context) => {
        for (let number = 0; number < 10; number += 1) {
          const { bytes } = requestBytes({ path: "/hello" }, context.token);
          const conversation = await context.connect();
          await conversation.write([bytes.subarray(0, 5 + number * 9)]);
          conversation.leave();
        }
        const answer = await context.exchange(requestBytes({ path: "/hello" }, context.token));
        const fault = (await deathFault(context, answer)) ?? bodyIs("hello").fault(answer);
        return fault === undefined ? passed("200 hello") : failed("200 hello", fault, answer.bytes);
      },
    },
    {
      name: "leaves-inside-body",
      rule: "A client that leaves inside its body does not make a whole body of it",
      source: spec("4.1"),
      why: "Half an upload that is stored as a whole one is lost data.",
      routes: ["read-short", "hello"],
      story:
        "Sent: a POST of ten bytes of which three come, then a reset; then an ordinary request. Allowed: 200 hello.",
      run: async (context) => {
        const shape = { path: "/read-short", body: "abc", vars: { CONTENT_LENGTH: "10" } };
        const conversation = await context.connect("POST");
        await conversation.write(context.pieces(requestBytes(shape, context.token).bytes));
        await sleep(50);
        const early = conversation.bytes;
        conversation.leave();
        const answer = await context.exchange(requestBytes({ path: "/hello" }, context.token));
        if (early.includes("complete")) return failed("no complete body", "one of 3 bytes", early);
        const fault = ok("hello").fault(answer);
        return fault === undefined ? passed("200 hello") : failed("200 hello", fault, answer.bytes);
      },
    },
    {
      name: "stops-streaming-reset",
      rule: "A client that resets in the middle of a body stops it, and the body is closed once",
      source: pep3333("Specification Details"),
      why: HELD,
      routes: ["ticks", "counts"],
      alone: true,
      story:
        "Sent: a request for an endless body, a tick each 50 ms; after 60 bytes a reset. Allowed: close() once, within 3 seconds.",
      run: (context) => leave(context, "/ticks/{token}", "reset"),
    },
    {
      name: "stops-streaming-close",
      rule: "A client that closes in the middle of a body stops it, and the body is closed once",
      source: pep3333("Specification Details"),
      why: HELD,
      routes: ["ticks", "counts"],
      alone: true,
      story:
        "Sent: a request for an endless body, a tick each 50 ms; after 60 bytes a close. Allowed: close() once, within 3 seconds.",
      run: (context) => leave(context, "/ticks/{token}", "fin"),
    },
    {
      name: "stops-large-blocks",
      rule: "A client that resets while large blocks are sent stops them, and the body is closed once",
      source: pep3333("Specification Details"),
      why: HELD,
      routes: ["endless", "counts"],
      alone: true,
      story:
        "Sent: a request for an endless body of blocks of 64 KiB; after 60 bytes a reset. Allowed: close() once, within 3 seconds.",
      run: (context) => leave(context, "/endless/{token}", "reset"),
    },
    {
      name: "slow-reader",
      rule: "A client that reads nothing does not make the worker take blocks without end",
      source: pep3333("Buffering and Streaming"),
      why: "The body of one slow client would fill the memory of the server.",
      routes: ["endless", "counts"],
      alone: true,
      extraTimeMs: 3000,
      story: `Sent: a request for an endless body of blocks of 64 KiB, of which nothing is read for ${UNREAD_MS / 1000} seconds; then a reset. Allowed: fewer than ${BUFFERED_BLOCKS} blocks taken, close() once.`,
      run: async (context) => {
        const conversation = await context.connect();
        conversation.pause();
        await conversation.write(
          context.pieces(requestBytes({ path: "/endless/{token}" }, context.token).bytes),
        );
        await sleep(UNREAD_MS, undefined, { signal: context.signal });
        conversation.leave();
        const wanted = {
          expected: `fewer than ${BUFFERED_BLOCKS} blocks, closed once`,
          holds: (counts: { blocks: number; closes: number }) =>
            counts.blocks < BUFFERED_BLOCKS && counts.closes === 1,
        };
        const fault = await countsFault(context, wanted);
        return fault === undefined ? passed("the worker waited") : failed(wanted.expected, fault);
      },
    },
    ...(
      [
        ["first-write-leaves", "/slow-write", "What was written leaves before the application goes on", true],
        ["first-block-leaves", "/slow-blocks", "A block leaves before the next one is made", true],
        ["empty-block-holds-head", "/slow-empty", "An empty block does not send the head", false],
      ] as const
    ).map(([name, path, rule, isEarly]) => ({
      name,
      level: isEarly ? ("MUST" as const) : ("SHOULD" as const),
      rule,
      source: pep3333("Buffering and Streaming"),
      why: "Streams of events live on it; and as long as the head is not sent, an error can still be one.",
      routes: [path.slice(1)],
      alone: true,
      story:
        "Sent: a request for a body of two blocks with a pause of 400 ms between them. Allowed: both, and the first byte at the right time.",
      run: async (context: WorkerContext): Promise<Verdict> => {
        const answer = await context.exchange(requestBytes({ path }, context.token));
        const whole = ok(isEarly ? "firstsecond" : "late").fault(answer);
        if (whole !== undefined) return failed("the whole body", whole, answer.bytes);
        const [first, last] = answer.heardMs ?? [0, 0];
        const isHeld = isEarly ? last - first < PAUSE_SEEN_MS : first >= PAUSE_SEEN_MS;
        if (isEarly !== isHeld)
          return passed(isEarly ? "the first part came first" : "nothing came before the pause");
        return isEarly
          ? failed("the first part before the second is made", "both parts together", answer.bytes)
          : failed("no byte before the pause", "the head before the pause", answer.bytes);
      },
    })),
  ]),
];
