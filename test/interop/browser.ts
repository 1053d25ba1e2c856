import { sendHttp, type WholeResponse } from "../support/http-client.ts";

/** As much of a browser as a login needs: it keeps cookies and submits forms. It does not follow redirects. */
export class Browser {
  readonly #port: number;
  readonly cookies = new Map<string, string>();

  constructor(port: number) {
    this.#port = port;
  }

  get(path: string): Promise<WholeResponse> {
    return this.#send({ path });
  }

  post(path: string, fields: Readonly<Record<string, string>>): Promise<WholeResponse> {
    const body = Buffer.from(new URLSearchParams(fields).toString());
    return this.#send({ path, body });
  }

  async #send(request: { path: string; body?: Buffer }): Promise<WholeResponse> {
    const headers: [string, string][] = [["User-Agent", "uwsgi-bridge test"]];
    if (request.body) headers.push(["Content-Type", "application/x-www-form-urlencoded"]);
    if (this.cookies.size > 0) {
      const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`);
      headers.push(["Cookie", pairs.join("; ")]);
    }
    const answer = await sendHttp(this.#port, { ...request, headers });
    for (const line of answer.values("Set-Cookie")) this.#keep(line);
    return answer;
  }

  #keep(line: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not a cookie: ${line}`);
    if (/max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
