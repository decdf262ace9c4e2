import type { Diagnostic, ObjectKind } from '../config/diagnostic.js';
import type { Merged, MergedConfig, MergedService } from '../config/merged.js';
import type {
  MiddlewareConfig,
  RouterConfig,
  ServersTransportConfig,
  TlsCertificateConfig,
  TlsOptionsConfig,
  TlsStoreConfig,
} from '../config/model.js';
import type { Part } from '../config/provider.js';
import { tight } from '../config/tight.js';
import { carried, mergedOf } from './carry.js';
import type { Claim, Holding } from './claim.js';
import { contentOf } from './content.js';
import { mentionsOfRouter, mentionsOfService } from './mentions.js';
import { FILE, reservation, type Reserved } from './reserved.js';
import { Settlement, type ClaimRules } from './settlement.js';
import { settingsOf, SharedServices } from './shared-service.js';

/** What came of the declarations of some owners. */
export interface Settled {
  readonly routers: readonly Merged<RouterConfig>[];
  readonly services: readonly MergedService[];
  readonly middlewares: readonly Merged<MiddlewareConfig>[];
  readonly serversTransports: readonly Merged<ServersTransportConfig>[];
  readonly tlsOptions: readonly Merged<TlsOptionsConfig>[];
  readonly tlsStores: readonly Merged<TlsStoreConfig>[];
  readonly tlsCertificates: readonly Merged<TlsCertificateConfig>[];
  /** Of the parts, and what was found here. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface SettleContext {
  readonly provider: string;
  readonly reserved: Reserved;
  /** What stayed the same is taken from here. */
  readonly previous: MergedConfig | undefined;
}

/** Settles the names of owners of one provider, oldest first (D10, DKR-40, FIL-20). */
export function settle(parts: readonly Part[], context: SettleContext): Settled {
  const { provider, reserved, previous } = context;
  const settlement = new Settlement(provider, parts);
  const reservable = <T extends object>(kind: keyof Reserved, select: ClaimRules<T>['select']) =>
    settlement.settle({
      kind,
      select,
      content: contentOf,
      ...(provider !== FILE && {
        refused: (claim: Claim<T>) => reservation(claim, kind, reserved),
      }),
    });
  const named = <T>(
    kind: ObjectKind,
    held: readonly Holding<T>[],
    before: ReadonlyMap<string, Merged<T>> | undefined,
  ): readonly Merged<T>[] =>
    tight(
      held.map((holding) => {
        const object = mergedOf(kind, provider, holding);
        return carried(before?.get(object.name), object);
      }),
    );

  // In the order of reference: whoever loses a name loses the objects that refer to it (D10).
  const serversTransports = reservable('serversTransport', (config) => config.serversTransports);
  const middlewares = reservable('middleware', (config) => config.middlewares);
  const tlsOptions = reservable('tlsOptions', (config) => config.tlsOptions);
  const tlsStores = reservable('tlsStore', (config) => config.tlsStores);
  const services = settlement.settle({
    kind: 'service',
    select: (config) => config.services,
    content: provider === FILE ? contentOf : settingsOf,
    mentions: mentionsOfService,
  });
  const routers = settlement.settle({
    kind: 'router',
    select: (config) => config.routers,
    content: contentOf,
    mentions: mentionsOfRouter,
  });
  const shared = new SharedServices(settlement);
  return {
    routers: named('router', routers, previous?.routers),
    services: tight(
      services.map((holding) => {
        const service = shared.merge(holding);
        return carried(previous?.services.get(service.name), service);
      }),
    ),
    middlewares: named('middleware', middlewares, previous?.middlewares),
    serversTransports: named('serversTransport', serversTransports, previous?.serversTransports),
    tlsOptions: named('tlsOptions', tlsOptions, previous?.tlsOptions),
    tlsStores: named('tlsStore', tlsStores, previous?.tlsStores),
    tlsCertificates: certificatesOf(parts, provider, previous?.tlsCertificates ?? []),
    diagnostics: tight([...parts.flatMap((part) => part.diagnostics), ...settlement.diagnostics]),
  };
}

/** Certificates have no name to share: each stands for itself. */
function certificatesOf(
  parts: readonly Part[],
  provider: string,
  previous: readonly Merged<TlsCertificateConfig>[],
): readonly Merged<TlsCertificateConfig>[] {
  const found = parts.flatMap((part) =>
    part.config.tlsCertificates.map((declared) =>
      mergedOf('certificate', provider, {
        name: declared.name,
        claims: [{ part, declared }],
        findings: [],
      }),
    ),
  );
  if (found.length === 0) return tight(found);
  const key = ({ name, owners }: Merged<unknown>) => `${owners[0]?.id ?? ''} ${name}`;
  const before = new Map(
    previous
      .filter((c) => c.provider === provider)
      .map((certificate) => [key(certificate), certificate]),
  );
  return found.map((certificate) => carried(before.get(key(certificate)), certificate));
}
