import type { ResponseHead } from "../../codec/response-head.ts";

/** The cookie that names the server a client is to come back to. */
export class StickyCookie {
  readonly #name: string;
  readonly #start: string;

  constructor(name: string) {
    this.#name = name;
    this.#start = `${name}=`;
  }

  /** The server that the client was told. */
  read(headerVars: readonly (readonly [name: string, value: string])[]): string | undefined {
    const cookies = headerVars.find(([name]) => name === "HTTP_COOKIE")?.[1];
    if (cookies === undefined || !cookies.includes(this.#start)) return undefined;
    const cookie = cookies.split(";").find((pair) => pair.trimStart().startsWith(this.#start));
    return cookie?.trim().slice(this.#start.length);
  }

  /** The value of Set-Cookie. Lasts as long as the browser is open. */
  write(serverId: string, scheme: "http" | "https"): string {
    const secure = scheme === "https" ? "; Secure" : "";
    return `${this.#name}=${serverId}; Path=/; HttpOnly; SameSite=Lax${secure}`;
  }
}

/** The head of a response with one cookie more. */
export function withCookie(head: ResponseHead, cookie: string): ResponseHead {
  return { ...head, headers: [...head.headers, ["Set-Cookie", cookie]] };
}
