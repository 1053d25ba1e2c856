import { formatEndpoint, type Target } from "../../net/endpoint.ts";
import { diffServers } from "../balance/server-set.ts";
import { parseServerSpec, type ServerSpec } from "../balance/server-spec.ts";
import { type CheckSettings, HealthCheck } from "./health-check.ts";
import { NameWatch, type NameWatchContext } from "./name-watch.ts";
import { type ServerContext, type ServerTraits, UpstreamServer } from "./upstream-server.ts";

/** What a list of servers needs. */
export interface ServerListContext extends Omit<ServerContext, "onUnreachable"> {
  readonly checks: CheckSettings;
  readonly names: Omit<NameWatchContext, "onChange" | "log">;
  onChange(servers: readonly UpstreamServer[]): void;
}

/** A server that there should be. */
interface WantedServer {
  readonly target: Target;
  readonly traits: ServerTraits;
}

/** The servers that a configuration means at present: those with an address, and those that names lead to. */
export class ServerList {
  /** Settles when every name was resolved, or could not be; `undefined`: there are no names. */
  readonly ready: Promise<void> | undefined;
  readonly #context: ServerListContext & ServerContext;
  readonly #entries: readonly { readonly spec: ServerSpec; readonly watch: NameWatch | undefined }[];
  readonly #checks = new Map<UpstreamServer, HealthCheck>();
  #servers: ReadonlyMap<string, UpstreamServer> = new Map();
  #isReady = false;

  /** @param texts - See {@link parseServerSpec}. */
  constructor(texts: readonly string[], context: ServerListContext) {
    this.#context = { ...context, onUnreachable: () => this.#hurry() };
    const { names, log } = context;
    this.#entries = texts.map((text) => {
      const spec = parseServerSpec(text, "to", "--to");
      const { place } = spec;
      const watch =
        place.type === "target"
          ? undefined
          : new NameWatch(place, { ...names, log, onChange: () => this.#update() });
      return { spec, watch };
    });
    this.#update();
    const answers = this.#watches.map(({ ready }) => ready);
    if (answers.length > 0) this.ready = Promise.all(answers).then(() => this.#settle());
  }

  /** The names in it. */
  get names(): readonly string[] {
    return this.#watches.map(({ name }) => name);
  }

  close(): void {
    for (const watch of this.#watches) watch.close();
    for (const check of this.#checks.values()) check.stop();
    for (const server of this.#servers.values()) server.upstream.close();
  }

  get #watches(): readonly NameWatch[] {
    return this.#entries.flatMap(({ watch }) => watch ?? []);
  }

  /** A server does not answer: if it came from a name, it may have moved. */
  #hurry(): void {
    for (const watch of this.#watches) watch.hurry();
  }

  #settle(): void {
    this.#isReady = true;
  }

  #update(): void {
    const wanted = new Map<string, WantedServer>();
    for (const server of this.#entries.flatMap(wantedServers)) {
      const key = formatEndpoint(server.target);
      if (!wanted.has(key)) wanted.set(key, server);
    }
    const { servers, added, removed } = diffServers(this.#servers, wanted.keys(), (key) => {
      const { target, traits } = wanted.get(key) as WantedServer;
      return new UpstreamServer(target, traits, this.#context, this.#isReady);
    });
    this.#servers = new Map([...wanted.keys()].map((key, index) => [key, servers[index] as UpstreamServer]));
    for (const [key, { traits }] of wanted) (this.#servers.get(key) as UpstreamServer).traits = traits;
    this.#changed(added, removed);
  }

  #changed(added: readonly UpstreamServer[], removed: readonly UpstreamServer[]): void {
    const { checks, log, onChange } = this.#context;
    for (const server of removed) {
      this.#checks.get(server)?.stop();
      this.#checks.delete(server);
      server.upstream.close();
    }
    if (checks.healthUri !== "")
      for (const server of added) this.#checks.set(server, new HealthCheck(server, checks));
    onChange([...this.#servers.values()]);
    if (this.#watches.length === 0 || added.length + removed.length === 0) return;
    log.info(
      { added: added.map(targetOf), removed: removed.map(targetOf) },
      "the servers behind a name have changed",
    );
  }
}

function wantedServers({
  spec,
  watch,
}: {
  readonly spec: ServerSpec;
  readonly watch: NameWatch | undefined;
}): WantedServer[] {
  const { place } = spec;
  if (place.type === "target") return [{ target: place.target, traits: spec }];
  return (watch?.located ?? []).map(({ target, weight, isBackup }) => ({
    target,
    traits: { ...spec, weight: weight ?? spec.weight, isBackup: isBackup || spec.isBackup },
  }));
}

function targetOf(server: UpstreamServer): string {
  return formatEndpoint(server.upstream.target);
}
