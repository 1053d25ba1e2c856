import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";

/** A request as a browser would make it. */
export interface HttpRequest {
  /** @defaultValue `"GET"`, or `"POST"` when there is a body */
  readonly method?: string;
  /** @defaultValue `"/"` */
  readonly path?: string;
  /** Fields to add, in order, repeated ones too. Framing and Host are filled in when they are missing. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Bytes are sent with a Content-Length, an iterable in chunks unless a Content-Length is among the headers. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Reuse its connections. @defaultValue a connection of its own, closed after the response */
  readonly agent?: Agent;
}

/** A response whose head has arrived. */
export interface HttpResponse {
  readonly status: number;
  /** The reason phrase of the status line. */
  readonly reason: string;
  /** The client's port of the connection. */
  readonly localPort: number | undefined;
  /** All fields, as they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** All values of a field, in order. */
  values(name: string): string[];
  /** The only value of a field; throws when there are several. */
  header(name: string): string | undefined;
  /** The next block of body as it came in; throws at the end. */
  nextBlock(): Promise<Buffer>;
  /** The rest of the body. `isWhole` is false when the connection broke before its framing was complete. */
  rest(): Promise<{ readonly body: Buffer; readonly isWhole: boolean }>;
  /** Leave without reading on, as a closed browser tab does. */
  leave(): void;
  /** Fields behind the body, once it was read. */
  readonly trailers: Readonly<Record<string, string | undefined>>;
}

/** A response that was read to its end. */
export interface WholeResponse extends HttpResponse {
  readonly body: Buffer;
  readonly text: string;
  readonly isWhole: boolean;
}

/** Send a request to a server on 127.0.0.1 and wait for the head of its response. */
export function openHttp(port: number, options: HttpRequest = {}): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = startRequest(port, options);
    outgoing.once("error", reject);
    outgoing.once("response", (incoming: IncomingMessage) => {
      // What breaks now is seen by whoever reads the body.
      outgoing.on("error", () => undefined);
      resolve(new ReadResponse(outgoing, incoming));
    });
  });
}

/** Send a request to a server on 127.0.0.1 and read its response to the end. */
export async function sendHttp(port: number, options: HttpRequest = {}): Promise<WholeResponse> {
  const response = await openHttp(port, options);
  const { body, isWhole } = await response.rest();
  return Object.assign(response, { body, isWhole, text: body.toString("latin1") });
}

/** Begin a request and keep hold of it, to leave before there is an answer. */
export function startRequest(port: number, options: HttpRequest = {}): ClientRequest {
  const { body, headers = [] } = options;
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const fields: (readonly [string, string])[] = [...headers];
  if (!names.has("host")) fields.unshift(["Host", `127.0.0.1:${port}`]);
  if (body instanceof Uint8Array) fields.push(["Content-Length", String(body.length)]);
  else if (body && !names.has("content-length")) fields.push(["Transfer-Encoding", "chunked"]);
  if (!options.agent) fields.push(["Connection", "close"]);
  const outgoing = request({
    host: "127.0.0.1",
    port,
    method: options.method ?? (body ? "POST" : "GET"),
    path: options.path ?? "/",
    headers: fields.flat(),
    agent: options.agent ?? new Agent(),
  });
  if (body === undefined) outgoing.end();
  else void sendBody(outgoing, body instanceof Uint8Array ? [body] : body);
  return outgoing;
}

/** The same bytes in blocks of this size. */
export function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Sends at the pace of the server, and stops at its answer: whoever goes on may be cut off before having read it. */
async function sendBody(
  outgoing: ClientRequest,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  let isAnswered = false;
  const stopped = new Promise<void>((resolve) => {
    const stop = (): void => {
      isAnswered = true;
      resolve();
    };
    for (const event of ["response", "error", "close"]) outgoing.once(event, stop);
  });
  for await (const block of body) {
    if (isAnswered) return;
    if (outgoing.write(block)) continue;
    await Promise.race([stopped, new Promise((resolve) => outgoing.once("drain", resolve))]);
  }
  if (!isAnswered) outgoing.end();
}

class ReadResponse implements HttpResponse {
  readonly #outgoing: ClientRequest;
  readonly #incoming: IncomingMessage;
  readonly #blocks: AsyncIterator<Buffer>;
  readonly localPort: number | undefined;

  constructor(outgoing: ClientRequest, incoming: IncomingMessage) {
    this.localPort = incoming.socket.localPort;
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    this.#blocks = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  get status(): number {
    return this.#incoming.statusCode ?? 0;
  }

  get reason(): string {
    return this.#incoming.statusMessage ?? "";
  }

  get trailers(): Readonly<Record<string, string | undefined>> {
    return this.#incoming.trailers;
  }

  get headers(): [string, string][] {
    const { rawHeaders } = this.#incoming;
    const names = rawHeaders.filter((_, index) => index % 2 === 0);
    return names.map((name, index) => [name, rawHeaders[2 * index + 1] ?? ""]);
  }

  values(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
  }

  header(name: string): string | undefined {
    const values = this.values(name);
    if (values.length > 1) throw new Error(`${values.length} fields ${name}`);
    return values[0];
  }

  async nextBlock(): Promise<Buffer> {
    const step = await this.#blocks.next();
    if (step.done) throw new Error("the body has ended");
    return step.value;
  }

  async rest(): Promise<{ body: Buffer; isWhole: boolean }> {
    const blocks: Buffer[] = [];
    try {
      for (let step = await this.#blocks.next(); !step.done; step = await this.#blocks.next())
        blocks.push(step.value);
    } catch {
      return { body: Buffer.concat(blocks), isWhole: false };
    }
    if (!this.#outgoing.writableFinished) this.#outgoing.destroy();
    return { body: Buffer.concat(blocks), isWhole: this.#incoming.complete };
  }

  leave(): void {
    this.#outgoing.destroy();
  }
}
