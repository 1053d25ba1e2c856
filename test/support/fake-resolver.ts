import type { ResolvedHost, Resolver, ServiceRecord } from "../../src/front/upstreams/resolver.ts";

/** Names lead where a test says, and nowhere until it has said so. */
export class FakeResolver implements Resolver {
  readonly hosts = new Map<string, readonly string[]>();
  readonly services = new Map<string, readonly ServiceRecord[]>();
  ttlMs: number | undefined = 3_600_000;
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve();
  /** Names that were asked for, in order. */
  readonly asked: string[] = [];

  async resolveHost(host: string): Promise<ResolvedHost> {
    this.asked.push(host);
    await this.gate;
    const addresses = this.hosts.get(host);
    if (!addresses) throw new Error(`queryA ENOTFOUND ${host}`);
    return { addresses, ttlMs: this.ttlMs };
  }

  async resolveService(name: string): Promise<readonly ServiceRecord[]> {
    this.asked.push(name);
    await this.gate;
    const records = this.services.get(name);
    if (!records) throw new Error(`querySrv ENOTFOUND ${name}`);
    return records;
  }
}
