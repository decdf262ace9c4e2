import type { Diagnostic, ObjectKind } from '../config/diagnostic.js';
import type { Merged, MergedConfig, MergedService } from '../config/merged.js';
import type { Declared, DynamicConfig, ServiceConfig } from '../config/model.js';
import type { Part, Snapshot } from '../config/provider.js';
import { equal, Losses, settle, type Claim, type ClaimRules, type Holding } from './claims.js';
import { carried, plainMerged } from './carry.js';
import { isSameService, sharedService } from './shared-service.js';

/** The provider whose names are reserved (D7). */
const FILE = 'file';

/** Names that `file` defines, per section. */
export interface Reserved {
  readonly middlewares: ReadonlyMap<string, Declared<unknown>>;
  readonly serversTransports: ReadonlyMap<string, Declared<unknown>>;
  readonly tlsOptions: ReadonlyMap<string, Declared<unknown>>;
}

export function reservedNames(snapshots: ReadonlyMap<string, Snapshot>): Reserved {
  const parts = snapshots.get(FILE)?.parts ?? [];
  const names = (select: (config: DynamicConfig) => ReadonlyMap<string, Declared<unknown>>) =>
    new Map(parts.flatMap((part) => [...select(part.config)]));
  return {
    middlewares: names((config) => config.middlewares),
    serversTransports: names((config) => config.serversTransports),
    tlsOptions: names((config) => config.tlsOptions),
  };
}

export type ProviderConfig = Omit<MergedConfig, 'pending'>;

export interface ProviderInput {
  readonly provider: string;
  /** Oldest owner first. */
  readonly parts: readonly Part[];
  readonly snapshot: Snapshot;
  readonly reserved: Reserved;
  readonly previous: MergedConfig | undefined;
}

/** What one provider's owners say, conflicts settled (D10, DKR-40, FIL-20). */
export function mergeProvider(input: ProviderInput): ProviderConfig {
  const { provider, parts, snapshot, reserved, previous } = input;
  const losses = new Losses();
  const diagnostics: Diagnostic[] = [
    ...snapshot.diagnostics,
    ...parts.flatMap((part) => part.diagnostics),
  ];
  const settled = <T>(
    select: (config: DynamicConfig) => ReadonlyMap<string, Declared<T>>,
    rules: Omit<ClaimRules<T>, 'provider' | 'losses'>,
  ) => {
    const result = settle(parts, (part) => select(part.config), { provider, losses, ...rules });
    diagnostics.push(...result.diagnostics);
    return result.held;
  };
  const named = <T>(
    held: ReadonlyMap<string, Holding<T>>,
    before: ReadonlyMap<string, Merged<T>> | undefined,
    bare?: string,
  ): ReadonlyMap<string, Merged<T>> =>
    inOrder(held, (name, holding) => {
      const qualified = name === bare ? name : `${name}@${provider}`;
      return [
        qualified,
        carried(before?.get(qualified), plainMerged(qualified, provider, holding)),
      ];
    });
  const isReserved = (section: keyof Reserved) => (claim: Claim<unknown>) =>
    provider === FILE ? undefined : reservation(claim, reserved[section], provider);
  const refersToLost =
    <T>(references: (config: T) => readonly Reference[]) =>
    (claim: Claim<T>) =>
      lostReference(claim, references(claim.declared.config), provider, losses);

  // In the order of reference: whoever loses a name loses the objects that refer to it (D10).
  const serversTransports = settled((config) => config.serversTransports, {
    kind: 'serversTransport',
    agree: equal,
    refused: isReserved('serversTransports'),
  });
  const middlewares = settled((config) => config.middlewares, {
    kind: 'middleware',
    agree: equal,
    refused: isReserved('middlewares'),
  });
  const tlsOptions = settled((config) => config.tlsOptions, {
    kind: 'tlsOptions',
    agree: equal,
    refused: isReserved('tlsOptions'),
  });
  const tlsStores = settled((config) => config.tlsStores, { kind: 'tlsStore', agree: equal });
  const services = settled((config) => config.services, {
    kind: 'service',
    // Files do not share services: the first one wins (FIL-20).
    agree: provider === FILE ? () => false : isSameService,
    refused: refersToLost(({ loadBalancer }) =>
      reference('serversTransport', loadBalancer?.serversTransport),
    ),
  });
  const routers = settled((config) => config.routers, {
    kind: 'router',
    agree: provider === FILE ? () => false : equal,
    refused: refersToLost(({ service, middlewares: used = [], tls }) => [
      ...reference('service', service),
      ...used.flatMap((name) => reference('middleware', name)),
      ...reference('tlsOptions', tls?.options),
    ]),
  });
  return {
    routers: named(routers, previous?.routers),
    services: inOrder<Holding<ServiceConfig>, MergedService>(services, (name, holding) => {
      const qualified = `${name}@${provider}`;
      const service = sharedService({ name, qualified, provider, holding, parts, losses });
      return [qualified, carried(previous?.services.get(qualified), service)];
    }),
    middlewares: named(middlewares, previous?.middlewares),
    serversTransports: named(serversTransports, previous?.serversTransports),
    tlsOptions: named(tlsOptions, previous?.tlsOptions, 'default'),
    tlsStores: named(tlsStores, previous?.tlsStores, 'default'),
    tlsCertificates: parts.flatMap((part) =>
      part.config.tlsCertificates.map((declared) =>
        plainMerged(declared.name, provider, {
          claims: [{ owner: part.owner, declared }],
          refusal: undefined,
        }),
      ),
    ),
    diagnostics,
  };
}

interface Reference {
  readonly kind: ObjectKind;
  readonly name: string;
}

const reference = (kind: ObjectKind, name: string | undefined): readonly Reference[] =>
  name === undefined || name === '' ? [] : [{ kind, name }];

/**
 * D10: who also declares the name that he refers to means his own declaration or nothing; never
 * what somebody else put under that name.
 */
function lostReference<T>(
  { owner, declared }: Claim<T>,
  references: readonly Reference[],
  provider: string,
  losses: Losses,
): Diagnostic | undefined {
  const lost = references.find(({ kind, name }) =>
    losses.has(
      owner,
      kind,
      name.endsWith(`@${provider}`) ? name.slice(0, -provider.length - 1) : name,
    ),
  );
  if (lost === undefined) return undefined;
  return {
    code: 'conflict',
    severity: 'error',
    provider,
    at: declared.at,
    message: `"${declared.name}" refers to ${lost.kind} "${lost.name}", whose own declaration by ${owner.name} is not in force`,
    value: lost.name,
    fix: `mend ${lost.kind} "${lost.name}" of ${owner.name} first`,
  };
}

/** D7: no container may put something weaker under a name that a file defines. */
function reservation(
  { declared }: Claim<unknown>,
  reserved: ReadonlyMap<string, Declared<unknown>>,
  provider: string,
): Diagnostic | undefined {
  const file = reserved.get(declared.name);
  if (file === undefined) return undefined;
  return {
    code: 'reserved',
    severity: 'error',
    provider,
    at: declared.at,
    related: [file.at],
    message: `"${declared.name}" is declared in a file, and that name is reserved`,
    value: declared.name,
    fix: `use another name, or refer to ${declared.name}@${FILE}`,
  };
}

/** In byte order of names, so that the same input always gives the same output (D21). */
function inOrder<A, B>(
  held: ReadonlyMap<string, A>,
  make: (name: string, holding: A) => readonly [string, B],
): ReadonlyMap<string, B> {
  return new Map(
    [...held].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, holding]) => make(name, holding)),
  );
}
