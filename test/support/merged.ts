import type { Diagnostic, Place } from '../../src/config/diagnostic.js';
import type { Merged, MergedConfig, MergedService } from '../../src/config/merged.js';
import type {
  MiddlewareConfig,
  RouterConfig,
  ServerConfig,
  ServersTransportConfig,
  ServiceConfig,
  TlsCertificateConfig,
  TlsOptionsConfig,
  TlsStoreConfig,
} from '../../src/config/model.js';
import { NameMap } from '../../src/config/name-map.js';
import type { Owner } from '../../src/config/provider.js';

/** What a test says of an object beside its configuration. */
export interface Extra {
  /** The container or file that declares it; by default one per provider. */
  readonly owner?: string;
  readonly diagnostics?: readonly Diagnostic[];
  readonly places?: Readonly<Record<string, Place>>;
}

const owner = (id: string): Owner => ({ kind: 'container', id, name: id, since: 0 });

export const label = (key: string, container = 'c'): Place => ({
  kind: 'label',
  container,
  containerId: container,
  key,
});

/** `name` is qualified. */
export function merged<T>(name: string, config: T, extra: Extra = {}): Merged<T> {
  const provider = name.slice(name.indexOf('@') + 1);
  const by = extra.owner ?? `of ${provider}`;
  return {
    name,
    provider,
    config,
    at: label(name, by),
    places: new Map(Object.entries(extra.places ?? {})),
    owners: [owner(by)],
    diagnostics: extra.diagnostics ?? [],
  };
}

export const router = (name: string, config: RouterConfig, extra?: Extra): Merged<RouterConfig> =>
  merged(name, config, extra);

export const middleware = (
  name: string,
  config: MiddlewareConfig = {},
  extra?: Extra,
): Merged<MiddlewareConfig> => merged(name, config, extra);

export const transport = (
  name: string,
  config: ServersTransportConfig = {},
  extra?: Extra,
): Merged<ServersTransportConfig> => merged(name, config, extra);

/** `default` is unqualified, and a file's. */
const ofFile = <T>(name: string, config: T, extra?: Extra): Merged<T> => ({
  ...merged(name.includes('@') ? name : `${name}@file`, config, extra),
  name,
});

export const tlsOptions = (
  name: string,
  config: TlsOptionsConfig = {},
  extra?: Extra,
): Merged<TlsOptionsConfig> => ofFile(name, config, extra);

export const tlsStore = (
  name: string,
  config: TlsStoreConfig,
  extra?: Extra,
): Merged<TlsStoreConfig> => ofFile(name, config, extra);

/** The entry of this number in `tls.certificates` of a file. */
export const certificate = (
  index: number,
  config: TlsCertificateConfig,
  extra?: Extra,
): Merged<TlsCertificateConfig> => merged(`[${index}]@file`, config, extra);

/** A service with these servers, each of an owner (`owner address`) or of the service's own. */
export function service(
  name: string,
  addresses: readonly string[],
  config: Omit<NonNullable<ServiceConfig['loadBalancer']>, 'servers'> = {},
  extra: Extra = {},
): MergedService {
  const base = merged(name, {}, extra);
  const servers = addresses.map((text) => {
    const [address = '', by] = text.split(' ').reverse();
    const of = by === undefined ? (base.owners[0] ?? owner('nobody')) : owner(by);
    return { owner: of, server: { address } satisfies ServerConfig, at: label(text, of.name) };
  });
  return {
    ...base,
    config: { loadBalancer: { ...config, servers: servers.map(({ server }) => server) } },
    servers,
  };
}

export interface Objects {
  readonly routers?: readonly Merged<RouterConfig>[];
  readonly services?: readonly MergedService[];
  readonly middlewares?: readonly Merged<MiddlewareConfig>[];
  readonly transports?: readonly Merged<ServersTransportConfig>[];
  readonly tlsOptions?: readonly Merged<TlsOptionsConfig>[];
  readonly tlsStores?: readonly Merged<TlsStoreConfig>[];
  readonly certificates?: readonly Merged<TlsCertificateConfig>[];
  readonly pending?: readonly string[];
}

export function mergedConfig(objects: Objects): MergedConfig {
  const byName = <T extends { readonly name: string }>(list: readonly T[] = []) =>
    NameMap.of(list.map((object) => [object.name, object]));
  return {
    routers: byName(objects.routers),
    services: byName(objects.services),
    middlewares: byName(objects.middlewares),
    serversTransports: byName(objects.transports),
    tlsOptions: byName(objects.tlsOptions),
    tlsStores: byName(objects.tlsStores),
    tlsCertificates: objects.certificates ?? [],
    diagnostics: [],
    pending: new Set(objects.pending),
  };
}
