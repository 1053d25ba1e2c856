import { expect, test } from "vitest";
import { type HttpRequest, sendHttp } from "../support/http-client.ts";

/** How a peer passes requests on. */
export interface RequestTraits {
  /** Between several Cookie fields. @defaultValue `"; "`, as the protocol wants it */
  readonly cookieSeparator?: string;
  /** Answers 400 to a path that is not UTF-8. @defaultValue it is passed on */
  readonly refusesOtherThanUtf8?: boolean;
}

/** Requests as an application sees them through a peer. */
export function requestCases(port: () => number, traits: RequestTraits = {}): void {
  test("the application sees the request as the client made it", async () => {
    const environ = await environOf(port(), {
      method: "PUT",
      path: "/a%20b/c?x=1&y=%20",
      headers: [["Content-Type", "text/x-test"]],
      body: Buffer.from("1234"),
    });
    expect(environ).toMatchObject({
      REQUEST_METHOD: "PUT",
      PATH_INFO: "/a b/c",
      REQUEST_URI: "/a%20b/c?x=1&y=%20",
      QUERY_STRING: "x=1&y=%20",
      SERVER_PROTOCOL: "HTTP/1.1",
      CONTENT_TYPE: "text/x-test",
      CONTENT_LENGTH: "4",
      REMOTE_ADDR: "127.0.0.1",
      "wsgi.url_scheme": "http",
    });
    expect(Object.keys(environ)).not.toContain("HTTP_CONTENT_LENGTH");
  });

  test("REMOTE_PORT is the port of the client", async () => {
    const answer = await sendHttp(port());
    expect(JSON.parse(answer.body.toString())).toMatchObject({ REMOTE_PORT: String(answer.localPort) });
  });

  test("repeated headers are joined with commas, repeated cookies as the peer leaves it", async () => {
    const environ = await environOf(port(), {
      headers: [
        ["X-Many", "1"],
        ["Cookie", "a=1"],
        ["X-Many", "2, 3"],
        ["Cookie", "b=2"],
      ],
    });
    expect(environ["HTTP_X_MANY"]).toBe("1, 2, 3");
    expect(environ["HTTP_COOKIE"]).toBe(["a=1", "b=2"].join(traits.cookieSeparator ?? "; "));
  });

  test("a path with letters outside ASCII arrives as bytes", async () => {
    const environ = await environOf(port(), { path: "/caf%C3%A9/%E2%82%AC" });
    expect(environ["PATH_INFO"]).toBe("/caf\xc3\xa9/\xe2\x82\xac");
    expect(environ["REQUEST_URI"]).toBe("/caf%C3%A9/%E2%82%AC");
  });

  test("a path that is no text in UTF-8 arrives as bytes, or is refused by the peer", async () => {
    const answer = await sendHttp(port(), { path: "/%FF%E9" });
    expect(answer.status).toBe(traits.refusesOtherThanUtf8 ? 400 : 200);
    if (answer.status === 200) expect(JSON.parse(answer.body.toString())["PATH_INFO"]).toBe("/\xff\xe9");
  });

  test("header bytes outside ASCII pass unchanged both ways", async () => {
    const bytes = "caf\xc3\xa9 \xe9\xff";
    const answer = await sendHttp(port(), { path: "/bytes/", headers: [["X-Bytes", bytes]] });
    expect(answer.header("X-Bytes")).toBe(bytes);
  });
}

/** The strings of the environ that a request leads to. */
export async function environOf(port: number, request: HttpRequest = {}): Promise<Record<string, string>> {
  const answer = await sendHttp(port, request);
  if (answer.status !== 200) throw new Error(`status ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.body.toString()) as Record<string, string>;
}
