import { isDeepStrictEqual } from 'node:util';
import { parseConstraint, type Constraint } from '../../src/config/constraints/constraints.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { Part, Snapshot } from '../../src/config/provider.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import type { Step, TellStory } from '../../src/config/story.js';
import { Doubt } from './doubt.js';
import { translate, type Instance, type InstanceContext } from './instance.js';
import { standingFindings } from './standing.js';
import { TAG_FUNCTIONS, type Tags } from './tag-functions.js';

/** A service that fails once may be an agent that goes: its own query says that. */
const FAILURES_SAID = 2;

interface Service {
  readonly parts: readonly Part[];
  /** In a row. */
  readonly failures: number;
  readonly error: string;
  readonly doubt: Doubt;
}

/** What is known of each service's instances. Outlives every connection; what did not change stays the same part. */
export class Instances {
  readonly #config: ConsulCatalogConfig;
  readonly #provider: string;
  readonly #constraint: Constraint<Tags>;
  readonly #tell: TellStory | undefined;
  readonly #standing: readonly Diagnostic[];
  readonly #services = new Map<string, Service>();
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
    return [...this.#services.values()].every(({ parts }) => parts.length === 0);
  }

  knows(service: string): boolean {
    return this.#of(service).parts.length > 0;
  }

  /** See Doubt: it lasts over several connections. */
  doubtOf(service: string): Doubt {
    const known = this.#of(service);
    this.#services.set(service, known);
    return known.doubt;
  }

  set(service: string, instances: readonly Instance[]): void {
    const known = this.#of(service);
    const before = new Map(known.parts.map((part) => [part.owner.id, part]));
    const context = {
      provider: this.#provider,
      config: this.#config,
      constraint: this.#constraint,
    };
    const parts = instances.flatMap((instance) => {
      const part = told(instance, context, this.#tell);
      if (part === undefined) return [];
      const same = before.get(part.owner.id);
      return same && isDeepStrictEqual(same, part) ? [same] : [part];
    });
    this.#services.set(service, { ...known, parts, failures: 0, error: '' });
  }

  /** What was known of the service stays. True once it is time to go on without an answer. */
  failed(service: string, error: string): boolean {
    const known = this.#of(service);
    const failures = known.failures + 1;
    this.#services.set(service, { ...known, failures, error });
    return failures >= FAILURES_SAID;
  }

  keepOnly(services: ReadonlySet<string>): void {
    for (const service of this.#services.keys())
      if (!services.has(service)) this.#services.delete(service);
  }

  /** The same object as before if nothing changed. `others` are findings about the catalogue. */
  snapshot(others: readonly Diagnostic[] = []): Snapshot {
    const names = [...this.#services.keys()].sort();
    const parts = names.flatMap((name) => this.#of(name).parts);
    const failing = names.flatMap((name) => this.#failure(name));
    const diagnostics = [...this.#standing, ...others, ...failing];
    const before = this.#snapshot;
    const isSame =
      parts.length === before.parts.length &&
      parts.every((part, index) => part === before.parts[index]) &&
      isDeepStrictEqual(diagnostics, before.diagnostics);
    if (!isSame) this.#snapshot = { parts, diagnostics };
    return this.#snapshot;
  }

  #of(service: string): Service {
    return this.#services.get(service) ?? { parts: [], failures: 0, error: '', doubt: new Doubt() };
  }

  #failure(name: string): readonly Diagnostic[] {
    const { failures, error } = this.#of(name);
    if (failures < FAILURES_SAID) return [];
    return [
      {
        code: 'unreadable',
        severity: 'warning',
        provider: this.#provider,
        object: { kind: 'provider', name: this.#provider },
        at: { kind: 'tag', node: '', service: name, instance: '', tag: '' },
        message: `what Consul knows of service "${name}" cannot be read; what it knew stays in force`,
        value: error,
        fix: 'see that the token may read the service and its nodes; it is tried again',
      },
    ];
  }
}

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
