import { failed, passed, type Verdict } from "../../case.ts";
import { pep3333, spec } from "../../sources.ts";
import { ok } from "../checks.ts";
import { requestBytes } from "../request-bytes.ts";
import { exchangeCases, scriptCases, type WorkerCase } from "../worker-case.ts";
import type { WorkerContext } from "../worker-context.ts";

const GROUP = "early-answer";
const EARLY = spec("4.3");
const RESET =
  "A socket that is closed with unread bytes is reset, and the reset destroys the answer on its way: the client sees 502.";
const SLICE = 65_536;
const MEBIBYTE = 1024 * 1024;

/** Send a body nobody reads: in slices that stop when the answer begins, or all of it before a byte is read, as Apache does. */
async function unreadBody(context: WorkerContext, length: number, stops: boolean): Promise<Verdict> {
  const { bytes, method } = requestBytes(
    { path: "/ignore", method: "POST", vars: { CONTENT_LENGTH: String(length) } },
    context.token,
  );
  const conversation = await context.connect(method);
  if (!stops) conversation.pause();
  await conversation.write(context.pieces(bytes));
  const body = Buffer.alloc(length, "b");
  const slice = stops ? SLICE : length;
  for (let sent = 0; sent < length && !(stops && conversation.bytes.length > 0); sent += slice) {
    await conversation.write([body.subarray(sent, sent + slice)]);
  }
  const answer = await conversation.answer();
  const fault = ok("ignored").fault(answer);
  return fault === undefined ? passed("200 ignored") : failed("200 ignored", fault, answer.bytes);
}

export const earlyAnswerCases: readonly WorkerCase[] = [
  ...exchangeCases(GROUP, [
    {
      name: "unread-6-bytes",
      rule: "A body of six bytes may stay unread",
      source: EARLY,
      why: RESET,
      send: { path: "/ignore", body: "unread" },
      allow: ok("ignored"),
    },
    {
      name: "unread-with-surplus",
      rule: "Bytes behind an unread body do not harm the answer",
      source: EARLY,
      why: RESET,
      send: { path: "/ignore", body: "unread", surplus: "and more" },
      allow: ok("ignored"),
    },
  ]),
  ...scriptCases(GROUP, [
    {
      name: "unread-1-mib-polite",
      rule: "The answer to an unread body of 1 MiB reaches a client that stops sending when it begins",
      source: EARLY,
      why: RESET,
      routes: ["ignore"],
      story:
        "Sent: a POST of 1 MiB in slices of 64 KiB, until the answer begins. Allowed: 200 ignored, whole.",
      run: (context) => unreadBody(context, MEBIBYTE, true),
    },
    {
      name: "unread-1-mib",
      level: "SHOULD",
      rule: "The answer to an unread body of 1 MiB reaches a client that sends it all",
      source: EARLY,
      why: RESET,
      routes: ["ignore"],
      story: "Sent: a POST of 1 MiB, all of it before anything is read. Allowed: 200 ignored, whole.",
      run: (context) => unreadBody(context, MEBIBYTE, false),
    },
    {
      name: "unread-20-mib",
      level: "SHOULD",
      rule: "The answer to an unread body of 20 MiB reaches a client that sends it all",
      source: EARLY,
      why: RESET,
      routes: ["ignore"],
      story: "Sent: a POST of 20 MiB, all of it before anything is read. Allowed: 200 ignored, whole.",
      run: (context) => unreadBody(context, 20 * MEBIBYTE, false),
    },
    {
      name: "answer-before-body",
      rule: "An application that has read enough is heard before the rest of the body comes",
      source: pep3333("Input and Error Streams"),
      why: "Who waits for the whole body before the application runs can not answer early at all.",
      level: "SHOULD",
      routes: ["read-one"],
      story:
        "Sent: a POST of ten bytes, of which one comes at once and nine after a second. Allowed: the answer before the nine.",
      run: async (context) => {
        const { bytes, method } = requestBytes({ path: "/read-one", body: "abcdefghij" }, context.token);
        const conversation = await context.connect(method);
        const heard = conversation.answer();
        await conversation.write(context.pieces(bytes.subarray(0, -9)));
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const before = conversation.bytes;
        await conversation.write([bytes.subarray(-9)]);
        const answer = await heard;
        const fault = ok("a").fault(answer);
        if (fault !== undefined) return failed("200 a", fault, answer.bytes);
        return before.length > 0
          ? passed("answered at once")
          : failed("an answer before the rest of the body", "an answer only after it", answer.bytes);
      },
    },
    {
      name: "surplus-packet-not-run",
      rule: "A second packet on the connection is not run",
      source: spec("1"),
      why: "On a connection without a negotiated extension, what follows the request belongs to nothing.",
      routes: ["hello", "call", "counts"],
      story: "Sent: two whole requests in one write. Allowed: one response; the second is not called.",
      run: async (context) => {
        const first = requestBytes({ path: "/hello" }, context.token).bytes;
        const second = requestBytes({ path: "/call/{token}" }, context.token).bytes;
        const answer = await context.exchange({ bytes: Buffer.concat([first, second]), method: "GET" });
        const fault = ok("hello").fault(answer);
        if (fault !== undefined) return failed("200 hello, once", fault, answer.bytes);
        const counts = await context.exchange(requestBytes({ path: "/counts/{token}" }, context.token));
        if (!/"calls": ?0\b/.test(counts.text))
          return failed("one request run", `counts ${counts.text}`, answer.bytes);
        return passed("one response");
      },
    },
  ]),
];
