import { isDeepStrictEqual } from 'node:util';
import { parseConstraint, type Constraint } from '../../src/config/constraints/constraints.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { Part, Snapshot } from '../../src/config/provider.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import type { Instance } from './client.js';
import { translate, type Tags } from './instance.js';
import { TAG_FUNCTIONS } from './tag-functions.js';

/** What is known of each service's instances. What did not change stays the same part. */
export class Instances {
  readonly #config: ConsulCatalogConfig;
  readonly #provider: string;
  readonly #constraint: Constraint<Tags>;
  readonly #standing: readonly Diagnostic[];
  readonly #parts = new Map<string, readonly Part[]>();
  #snapshot: Snapshot = { parts: [], diagnostics: [] };

  constructor(config: ConsulCatalogConfig, provider: string) {
    this.#config = config;
    this.#provider = provider;
    const parsed = parseConstraint(config.constraints, TAG_FUNCTIONS);
    // Fail closed: with a condition that cannot be read nobody fulfils it.
    this.#constraint = parsed.ok ? parsed.matches : () => false;
    this.#standing = parsed.ok
      ? []
      : [
          {
            code: 'constraint',
            severity: 'error',
            provider,
            object: { kind: 'option', name: 'providers.consulCatalog.constraints' },
            at: {
              kind: 'static',
              option: 'providers.consulCatalog.constraints',
              source: `character ${parsed.offset + 1}`,
            },
            message: `the condition cannot be read, so no instance fulfils it: ${parsed.reason}`,
            value: config.constraints,
            fix: 'write Tag(`tag`) or TagRegex(`pattern`), with &&, || and !',
          },
        ];
  }

  get size(): number {
    return this.#parts.size;
  }

  set(service: string, instances: readonly Instance[]): void {
    const before = new Map((this.#parts.get(service) ?? []).map((part) => [part.owner.id, part]));
    const context = {
      provider: this.#provider,
      config: this.#config,
      constraint: this.#constraint,
    };
    const parts = instances.flatMap((instance) => {
      const part = translate(instance, context);
      const known = part && before.get(part.owner.id);
      if (part === undefined) return [];
      return known && isDeepStrictEqual(known, part) ? [known] : [part];
    });
    this.#parts.set(service, parts);
  }

  keepOnly(services: ReadonlySet<string>): void {
    for (const service of this.#parts.keys())
      if (!services.has(service)) this.#parts.delete(service);
  }

  /** The same object as before if nothing changed. */
  snapshot(): Snapshot {
    const parts = [...this.#parts.keys()]
      .sort()
      .flatMap((service) => this.#parts.get(service) ?? []);
    const before = this.#snapshot;
    const isSame =
      parts.length === before.parts.length &&
      parts.every((part, index) => part === before.parts[index]);
    if (!isSame || before.diagnostics !== this.#standing) {
      this.#snapshot = { parts, diagnostics: this.#standing };
    }
    return this.#snapshot;
  }
}
