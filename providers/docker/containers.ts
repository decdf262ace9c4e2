import { isDeepStrictEqual } from 'node:util';
import { parseConstraint, type Constraint } from '../../src/config/constraints/constraints.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { Part, Snapshot } from '../../src/config/provider.js';
import type { DockerConfig } from '../../src/config/static.js';
import type { DockerApi, Inspected } from './client.js';
import { translate, type Labels } from './container.js';
import { LABEL_FUNCTIONS } from './label-functions.js';
import type { Self } from './network.js';
import { ownContainerId } from './self.js';

/** Inspections that run at the same time. */
const AT_ONCE = 16;

interface Known {
  readonly inspected: Inspected;
  /** What it was made of, besides. */
  readonly carrier: Inspected | undefined;
  readonly self: Self | undefined;
  readonly part: Part;
}

/** What is known of each container. A container that did not change keeps its part, as the same object. */
export class Containers {
  readonly #config: DockerConfig;
  readonly #provider: string;
  readonly #constraint: Constraint<Labels>;
  readonly #standing: readonly Diagnostic[];
  readonly #inspected = new Map<string, Inspected>();
  readonly #known = new Map<string, Known>();
  #self: Self | undefined;
  #selfId: string | undefined;
  #snapshot: Snapshot = { parts: [], diagnostics: [] };

  constructor(config: DockerConfig, provider: string) {
    this.#config = config;
    this.#provider = provider;
    const parsed = parseConstraint(config.constraints, LABEL_FUNCTIONS);
    // Fail closed: with a condition that cannot be read nobody fulfils it.
    this.#constraint = parsed.ok ? parsed.matches : () => false;
    this.#standing = parsed.ok ? [] : [badConstraint(config.constraints, provider, parsed)];
  }

  get size(): number {
    return this.#inspected.size;
  }

  forget(id: string): void {
    this.#inspected.delete(id);
  }

  keepOnly(ids: readonly string[]): void {
    const listed = new Set(ids);
    for (const id of this.#inspected.keys()) if (!listed.has(id)) this.forget(id);
  }

  /** BUG-57: a container that is there and cannot be inspected keeps its last state. */
  async inspect(api: DockerApi, ids: readonly string[], signal: AbortSignal): Promise<void> {
    const queue = [...ids];
    const worker = async () => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        const inspected = await this.#inspectOne(api, id, signal);
        if (inspected === undefined) this.forget(id);
        else this.#inspected.set(id, inspected);
        if (id === this.#selfId) this.#setSelf(inspected);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, worker));
  }

  async #inspectOne(
    api: DockerApi,
    id: string,
    signal: AbortSignal,
  ): Promise<Inspected | undefined> {
    try {
      return await api.inspect(id, signal);
    } catch (error) {
      const known = this.#inspected.get(id);
      if (known === undefined) throw error;
      return known;
    }
  }

  /** D11: which networks Sluice's own container is on, if it runs in one. */
  async inspectSelf(api: DockerApi, signal: AbortSignal): Promise<void> {
    const id = ownContainerId();
    if (id === undefined) return;
    const inspected = await api.inspect(id, signal);
    this.#selfId = inspected?.Id;
    this.#setSelf(inspected);
  }

  #setSelf(inspected: Inspected | undefined): void {
    if (inspected === undefined) return;
    const isHost = inspected.HostConfig.NetworkMode === 'host';
    const networks = new Set(isHost ? [] : Object.keys(inspected.NetworkSettings.Networks));
    const next: Self = { name: inspected.Name.replace(/^\//, ''), networks };
    if (!isDeepStrictEqual(this.#self, next)) this.#self = next;
  }

  /** The same object as before if nothing changed. */
  snapshot(): Snapshot {
    const ids = [...this.#inspected.keys()].sort();
    for (const id of this.#known.keys()) if (!this.#inspected.has(id)) this.#known.delete(id);
    const parts = ids.flatMap((id) => this.#part(id) ?? []);
    const before = this.#snapshot.parts;
    const isSame =
      parts.length === before.length && parts.every((part, index) => part === before[index]);
    if (!isSame || this.#snapshot.diagnostics !== this.#standing) {
      this.#snapshot = { parts, diagnostics: this.#standing };
    }
    return this.#snapshot;
  }

  #part(id: string): Part | undefined {
    const inspected = this.#inspected.get(id);
    if (inspected === undefined) return undefined;
    const carrier = this.#carrierOf(inspected);
    const self = this.#self;
    const known = this.#known.get(id);
    if (known?.inspected === inspected && known.carrier === carrier && known.self === self)
      return known.part;
    const context = {
      provider: this.#provider,
      config: this.#config,
      constraint: this.#constraint,
      self,
      carrier,
    };
    const fresh = translate(inspected, context);
    const part = known && isDeepStrictEqual(known.part, fresh) ? known.part : fresh;
    this.#known.set(id, { inspected, carrier, self, part });
    return part;
  }

  #carrierOf(inspected: Inspected): Inspected | undefined {
    const [, name] = /^container:(.+)$/.exec(inspected.HostConfig.NetworkMode ?? '') ?? [];
    if (name === undefined) return undefined;
    return (
      this.#inspected.get(name) ??
      [...this.#inspected.values()].find(
        ({ Id, Name }) => Id.startsWith(name) || Name === `/${name}`,
      )
    );
  }
}

function badConstraint(
  text: string,
  provider: string,
  { offset, reason }: { readonly offset: number; readonly reason: string },
): Diagnostic {
  return {
    code: 'constraint',
    severity: 'error',
    provider,
    object: { kind: 'option', name: `providers.${provider}.constraints` },
    at: {
      kind: 'static',
      option: `providers.${provider}.constraints`,
      source: `character ${offset + 1}`,
    },
    message: `the condition cannot be read, so no container fulfils it: ${reason}`,
    value: text,
    fix: 'write Label(`key`, `value`) or LabelRegex(`key`, `pattern`), with &&, || and !',
  };
}
