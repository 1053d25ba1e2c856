import { type Exchange, methodsOf, partsOf, scriptOf } from "./exchange.ts";
import type { FrontContext } from "./front-context.ts";
import { announcesClose } from "./http-answer.ts";
import { authorityOf, type HttpConnection } from "./http-connection.ts";
import type { Aftermath, Observation } from "./observation.ts";
import { GOOD, type Script } from "./script.ts";
import { cutBytes } from "./split.ts";
import { fill, request, type TemplateValues } from "./template.ts";
import { tokensIn } from "./token.ts";

const DEFAULT_PAUSE_MS = 300;
const POLL_MS = 5;

/**
 * Run an exchange through the front and keep what both sides saw.
 *
 * @throws Error when the front can not be reached, or closed without an answer and then does not answer an ordinary request either.
 */
export async function observe(exchange: Exchange, context: FrontContext): Promise<Observation> {
  const { worker, tokens, front } = context.setup;
  const values: TemplateValues = {
    tokens: { T: tokens.next(), S: tokens.next(), U: tokens.next() },
    host: authorityOf(front),
    base: front.base,
  };
  const { T, S, U } = values.tokens;
  expectRequest(context, T, scriptOf(exchange));
  expectRequest(context, S, exchange.scriptOfS ?? GOOD);
  const connection = await context.connect();
  try {
    await converse(exchange, values, { connection, context });
    const { answers, interim, fault } = connection.reading;
    const end = connection.end;
    const aftermath: Aftermath = exchange.leaves
      ? { type: "closed" }
      : await nextRequest(values, { connection, context });
    const isUnproven = answers.length === 0 || partsOf(exchange).some((part) => part.includes("{S}"));
    if (end !== "open" && isUnproven) await proveAlive(context);
    const raw = connection.raw;
    return {
      values,
      answers,
      interim,
      fault,
      end,
      aftermath,
      arrivals: worker.arrivals(T),
      smuggled: worker.arrivals(S),
      foreignTokens: tokensIn(raw.toString("latin1")).filter((token) => ![T, S, U].includes(token)),
      raw,
      client: { address: connection.localAddress, port: connection.localPort },
    };
  } finally {
    connection.close();
    for (const token of [T, S, U]) worker.forget(token);
  }
}

interface Stage {
  readonly connection: HttpConnection;
  readonly context: FrontContext;
}

function expectRequest({ setup, random }: FrontContext, token: string, script: Script): void {
  setup.worker.expect(token, { script, split: setup.split, random });
}

async function converse(exchange: Exchange, values: TemplateValues, stage: Stage): Promise<void> {
  const { connection, context } = stage;
  const { patienceMs, split } = context.setup;
  const methods = methodsOf(exchange);
  const hasWord = (): boolean => connection.reading.interim.length + connection.reading.answers.length > 0;
  // Whoever goes on behind a last answer may be reset before having read it.
  const isLast = (): boolean => {
    const last = connection.reading.answers.at(-1);
    return last?.isComplete === true && announcesClose(last);
  };
  for (const [index, part] of partsOf(exchange).entries()) {
    if (index > 0) await connection.waitUntil(hasWord, exchange.pauseMs ?? DEFAULT_PAUSE_MS);
    const pieces = cutBytes(fill(part, values), split, context.random);
    await connection.send(pieces, index === 0 ? methods : [], exchange.stopsAtAnswer ? hasWord : isLast);
  }
  if (exchange.leaves === "fin") connection.halfClose();
  if (exchange.leaves === "reset") return leave(values, stage);
  const isOver = (): boolean => {
    const { fault, surplus } = connection.reading;
    return connection.completed >= methods.length || fault !== undefined || surplus.length > 0;
  };
  await connection.waitUntil(isOver, patienceMs);
  const last = connection.reading.answers.at(-1);
  if (last?.isComplete && announcesClose(last)) await connection.waitUntil(() => false, patienceMs);
}

/** Reset the connection once the worker has the request, and give the front time to pass that on. */
async function leave(values: TemplateValues, { connection, context }: Stage): Promise<void> {
  const { worker, patienceMs } = context.setup;
  const arrival = () => worker.arrivals(values.tokens.T)[0];
  await poll(() => arrival() !== undefined, patienceMs);
  connection.reset();
  await poll(() => arrival()?.end !== "open", patienceMs);
}

async function poll(condition: () => boolean, timeoutMs: number): Promise<void> {
  for (let waited = 0; !condition() && waited < timeoutMs; waited += POLL_MS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const MIXED =
  "the rest of this answer is missing, and the next answer on the connection is read in its place";

/** What a next request on the same connection gets: an answer out of step shows there, and nowhere else. */
async function nextRequest(values: TemplateValues, { connection, context }: Stage): Promise<Aftermath> {
  const { answers, surplus, fault } = connection.reading;
  if (fault !== undefined) return { type: "out-of-step", why: fault };
  if (surplus.length > 0) return outOfStep("bytes follow that belong to no answer", surplus);
  if (connection.end !== "open") return { type: "closed" };
  const last = answers.at(-1);
  if (last?.isComplete && announcesClose(last))
    return { type: "out-of-step", why: "the front said it closes the connection and kept it open" };
  const token = values.tokens.U;
  expectRequest(context, token, GOOD);
  const due = answers.length + (last && !last.isComplete ? 0 : 1);
  await connection.send([fill(request({ token: "U" }), values)], ["GET"], undefined);
  const isOver = (): boolean =>
    connection.completed >= due ||
    connection.reading.fault !== undefined ||
    connection.reading.surplus.length > 0;
  await connection.waitUntil(isOver, context.setup.patienceMs);
  const isMixed = last?.isComplete === false && connection.raw.includes(token);
  if (isMixed) return { type: "out-of-step", why: MIXED };
  return judgeNext(connection, { answered: answers.length, token, hidden: values.tokens.S });
}

function judgeNext(
  connection: HttpConnection,
  { answered, token, hidden }: { answered: number; token: string; hidden: string },
): Aftermath {
  const { answers, surplus, fault } = connection.reading;
  if (fault !== undefined) return { type: "out-of-step", why: `the next answer is unreadable: ${fault}` };
  if (surplus.length > 0) return outOfStep("bytes follow the next answer", surplus);
  const own = answers[answered];
  if (own?.isComplete && own.body.toString("latin1") === token) return { type: "in-step" };
  if (connection.end !== "open" && !own) return { type: "closed" };
  if (own?.body.toString("latin1") === hidden)
    return { type: "out-of-step", why: "the request hidden behind this one was answered as the next one" };
  if (own) return outOfStep(`the next request got ${own.status} and a body that is not its own`, own.body);
  return { type: "out-of-step", why: "the connection stays open and the next request gets no answer" };
}

function outOfStep(what: string, bytes: Buffer): Aftermath {
  return { type: "out-of-step", why: `${what}: ${JSON.stringify(bytes.toString("latin1", 0, 60))}` };
}

/**
 * Ask for an ordinary page on a connection of its own.
 *
 * @throws Error when there is none: what came before shows a front that is gone, not one that refuses.
 */
export async function proveAlive(context: FrontContext): Promise<void> {
  const { front, tokens, worker, patienceMs } = context.setup;
  const token = tokens.next();
  const values = { tokens: { T: token, S: token, U: token }, host: authorityOf(front), base: front.base };
  expectRequest(context, token, GOOD);
  const connection = await context.connect();
  try {
    await connection.send([fill(request({ fields: "Connection: close⏎" }), values)], ["GET"], undefined);
    await connection.waitUntil(
      () => connection.completed > 0 || connection.reading.fault !== undefined,
      patienceMs,
    );
    const [answer] = connection.reading.answers;
    if (answer?.status !== 200 || answer.body.toString("latin1") !== token)
      throw new Error(
        `the front does not answer an ordinary request: ${answer ? `status ${answer.status}` : (connection.reading.fault ?? "nothing")}`,
      );
  } finally {
    connection.close();
    worker.forget(token);
  }
}
