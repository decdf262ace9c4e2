import type { Diagnostic, Place } from '../../src/config/diagnostic.js';
import type {
  Declared,
  MiddlewareConfig,
  RouterConfig,
  ServersTransportConfig,
  ServiceConfig,
  TlsCertificateConfig,
  TlsOptionsConfig,
  TlsStoreConfig,
} from '../../src/config/model.js';
import type { Part, Snapshot } from '../../src/config/provider.js';

type Named<T> = Readonly<Record<string, T>>;

/** What one owner declares, by name. */
export interface Written {
  readonly routers?: Named<RouterConfig>;
  readonly services?: Named<ServiceConfig>;
  readonly middlewares?: Named<MiddlewareConfig>;
  readonly serversTransports?: Named<ServersTransportConfig>;
  readonly tlsOptions?: Named<TlsOptionsConfig>;
  readonly tlsStores?: Named<TlsStoreConfig>;
  readonly tlsCertificates?: readonly TlsCertificateConfig[];
}

export interface Ownership {
  /** The smaller the older. */
  readonly since?: number;
  readonly id?: string;
  readonly kind?: 'container' | 'file';
  /** Objects that have an error: `router db`. */
  readonly broken?: readonly string[];
}

/** One container or file that says this. */
export function part(name: string, written: Written, ownership: Ownership = {}): Part {
  const { since = 0, id = name, kind = 'container', broken = [] } = ownership;
  const placeOf = (key: string): Place =>
    kind === 'file'
      ? { kind, path: name, line: 1, column: 1 }
      : { kind: 'label', container: name, containerId: id, key };
  const diagnostics: Diagnostic[] = [];
  const declared = <T>(what: string, of: string, config: T): Declared<T> => {
    const at = placeOf(`${what} ${of}`);
    const found: readonly Diagnostic[] = broken.includes(`${what} ${of}`)
      ? [{ code: 'bad-value', severity: 'error', at, message: 'is no such value' }]
      : [];
    diagnostics.push(...found);
    return { name: of, config, at, places: new Map(), diagnostics: found };
  };
  const section = <T>(what: string, objects: Named<T> = {}) =>
    new Map(Object.entries(objects).map(([of, config]) => [of, declared(what, of, config)]));
  return {
    owner: { kind, id, name, since },
    config: {
      routers: section('router', written.routers),
      services: section('service', written.services),
      middlewares: section('middleware', written.middlewares),
      serversTransports: section('serversTransport', written.serversTransports),
      tlsOptions: section('tlsOptions', written.tlsOptions),
      tlsStores: section('tlsStore', written.tlsStores),
      tlsCertificates: (written.tlsCertificates ?? []).map((certificate, index) =>
        declared('certificate', `[${index}]`, certificate),
      ),
    },
    diagnostics,
  };
}

export const file = (path: string, written: Written, since: number, broken?: readonly string[]) =>
  part(path, written, { since, kind: 'file', ...(broken && { broken }) });

export const snapshot = (...parts: readonly Part[]): Snapshot => ({ parts, diagnostics: [] });

/** What a container says of itself: a router and a service of one name, and this one server. */
export const served = (
  address: string,
  name = 'db',
  settings: Omit<NonNullable<ServiceConfig['loadBalancer']>, 'servers'> = {},
): Written => ({
  routers: { [name]: { rule: 'HostSNI(`*`)', service: name } },
  services: { [name]: { loadBalancer: { ...settings, servers: [{ address }] } } },
});
