import { isDeepStrictEqual } from 'node:util';
import { parseConstraint, type Constraint } from '../../src/config/constraints/constraints.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { Part, Snapshot } from '../../src/config/provider.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import type { Step, TellStory } from '../../src/config/story.js';
import { speakersOf, type ConnectSide } from './connect-side.js';
import { Doubt } from './doubt.js';
import { translate, type InstanceContext } from './instance.js';
import type { Instance } from './registered.js';
import { listing, type Listing } from './listing.js';
import { standingFindings } from './standing.js';
import { TAG_FUNCTIONS, type Tags } from './tag-functions.js';
import { tagKind } from './tags.js';

/** A service that fails once may be an agent that goes: its own query says that. */
const FAILURES_SAID = 2;

interface Listed {
  readonly listing: Listing;
  readonly found: readonly Instance[];
  readonly parts: readonly Part[];
  /** In a row. */
  readonly failures: number;
  readonly error: string;
  readonly doubt: Doubt;
}

/** What is known of the instances of each service, and of who speaks for them on Connect. Outlives every connection; what did not change stays the same part. */
export class Instances {
  readonly #config: ConsulCatalogConfig;
  readonly #provider: string;
  readonly #constraint: Constraint<Tags>;
  readonly #tell: TellStory | undefined;
  readonly #standing: readonly Diagnostic[];
  /** By key. */
  readonly #listed = new Map<string, Listed>();
  #snapshot: Snapshot = { parts: [], diagnostics: [] };

  constructor(config: ConsulCatalogConfig, provider: string, tell?: TellStory) {
    this.#config = config;
    this.#tell = tell;
    this.#provider = provider;
    const parsed = parseConstraint(config.constraints, TAG_FUNCTIONS);
    // Fail closed: with a condition that cannot be read nobody fulfils it.
    this.#constraint = parsed.ok ? parsed.matches : () => false;
    this.#standing = standingFindings(config, provider, parsed.ok ? undefined : parsed);
  }

  get isEmpty(): boolean {
    return [...this.#listed.values()].every(({ parts }) => parts.length === 0);
  }

  knows(listing: Listing): boolean {
    return this.#of(listing).parts.length > 0;
  }

  /** See Doubt: it lasts over several connections. */
  doubtOf(listing: Listing): Doubt {
    const known = this.#of(listing);
    this.#listed.set(listing.key, known);
    return known.doubt;
  }

  set(listing: Listing, found: readonly Instance[]): void {
    this.#listed.set(listing.key, { ...this.#of(listing), found, failures: 0, error: '' });
    this.#translate(listing.service);
  }

  /** Both sides of a service: what is found on one has a say in what becomes of the other. */
  #translate(service: string): void {
    const { prefix } = this.#config;
    const direct = this.#listed.get(listing(service, 'direct').key);
    const onConnect = this.#listed.get(listing(service, 'connect').key);
    const instances = direct?.found ?? [];
    const isOurs = (tag: string) => tagKind(tag, prefix) !== 'foreign';
    const speakers = onConnect && speakersOf(onConnect.found, instances, isOurs);
    if (direct) this.#put(direct, instances, { kind: 'direct', speakers });
    if (onConnect && speakers) this.#put(onConnect, speakers, { kind: 'connect', service });
  }

  #put(known: Listed, instances: readonly Instance[], side: ConnectSide): void {
    const before = new Map(known.parts.map((part) => [part.owner.id, part]));
    const context = {
      provider: this.#provider,
      config: this.#config,
      constraint: this.#constraint,
      side,
    };
    const parts = instances.flatMap((instance) => {
      const part = told(instance, context, this.#tell);
      if (part === undefined) return [];
      const same = before.get(part.owner.id);
      return same && isDeepStrictEqual(same, part) ? [same] : [part];
    });
    this.#listed.set(known.listing.key, { ...known, parts });
  }

  /** What was known stays. True once it is time to go on without an answer. */
  failed(listing: Listing, error: string): boolean {
    const known = this.#of(listing);
    const failures = known.failures + 1;
    this.#listed.set(listing.key, { ...known, failures, error });
    return failures >= FAILURES_SAID;
  }

  keepOnly(keys: ReadonlySet<string>): void {
    const changed = new Set<string>();
    for (const [key, { listing: of }] of this.#listed) {
      if (keys.has(key)) continue;
      this.#listed.delete(key);
      changed.add(of.service);
    }
    for (const service of changed) this.#translate(service);
  }

  /** The same object as before if nothing changed. `others` are findings about the catalogue. */
  snapshot(others: readonly Diagnostic[] = []): Snapshot {
    const listed = [...this.#listed.values()].sort((a, b) => byKey(a.listing, b.listing));
    const parts = listed.flatMap((each) => each.parts);
    const failing = listed.flatMap((each) => this.#failure(each));
    const diagnostics = [...this.#standing, ...others, ...failing];
    const before = this.#snapshot;
    const isSame =
      parts.length === before.parts.length &&
      parts.every((part, index) => part === before.parts[index]) &&
      isDeepStrictEqual(diagnostics, before.diagnostics);
    if (!isSame) this.#snapshot = { parts, diagnostics };
    return this.#snapshot;
  }

  #of(of: Listing): Listed {
    const known = this.#listed.get(of.key);
    if (known) return known;
    return { listing: of, found: [], parts: [], failures: 0, error: '', doubt: new Doubt() };
  }

  #failure({ listing: { service, side }, failures, error }: Listed): readonly Diagnostic[] {
    if (failures < FAILURES_SAID) return [];
    const what = side === 'direct' ? '' : ' on Connect';
    return [
      {
        code: 'unreadable',
        severity: 'warning',
        provider: this.#provider,
        object: { kind: 'provider', name: this.#provider },
        at: { kind: 'tag', node: '', service, instance: '', tag: '' },
        message: `what Consul knows of service "${service}"${what} cannot be read; what it knew stays in force`,
        value: error,
        fix: 'see that the token may read the service and its nodes; it is tried again',
      },
    ];
  }
}

const byKey = ({ key: a }: Listing, { key: b }: Listing) => (a < b ? -1 : 1);

/** Reads one instance, and tells on the way what was chosen and why, if somebody asks. */
function told(
  instance: Instance,
  context: InstanceContext,
  tell: TellStory | undefined,
): Part | undefined {
  if (tell === undefined) return translate(instance, context);
  const steps: Step[] = [];
  const part = translate(instance, { ...context, tell: (step) => steps.push(step) });
  const { node, service, id } = instance;
  const at = { kind: 'tag', node, service, instance: id, tag: '' } as const;
  const whole = `${node}/${service}/${id}`;
  tell({ kind: 'instance', id: whole, name: id, aliases: [whole, service], at, steps });
  return part;
}
