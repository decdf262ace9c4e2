import { formatDuration } from '../../../src/config/decode/values.js';
import type { ServersTransportConfig } from '../../../src/config/model.js';
import type { Snapshot } from '../../../src/config/provider.js';
import { merge } from '../../../src/control/merge.js';
import { middlewareView, routerView, serviceView } from '../../../src/api/views.js';

/** What Traefik's file provider delivered, before the build: defaults filled in, names as written. */
export interface Decoded {
  readonly tcp?: Readonly<Record<string, unknown>>;
  readonly tls?: { readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
}

/** The same of ours. */
export function decodedOf(snapshot: Snapshot): Decoded {
  const merged = merge(new Map([['file', snapshot]]), new Set());
  const tcp = {
    routers: view(merged.routers, (router) =>
      routerView({
        merged: router,
        entryPoints: router.config.entryPoints ?? [],
        using: [],
        middlewares: router.config.middlewares ?? [],
        priority: router.config.priority,
        status: 'enabled',
        errors: [],
      }),
    ),
    services: view(merged.services, (service) =>
      serviceView({
        merged: service,
        serversTransport: undefined,
        status: 'enabled',
        errors: [],
        usedBy: [],
        serverStatus: undefined,
      }),
    ),
    middlewares: view(merged.middlewares, (middleware) =>
      middlewareView({ merged: middleware, status: 'enabled', errors: [], usedBy: [] }),
    ),
    serversTransports: view(merged.serversTransports, ({ config }) => transportView(config)),
  };
  const options = view(merged.tlsOptions, ({ config }) => config);
  return withoutStatus({
    ...(Object.values(tcp).some((section) => section !== undefined) && { tcp }),
    ...(options && { tls: { options } }),
  });
}

/** Members of Traefik's answer that only its TLS defaults fill in are taken away: they are not decoding. */
export function withoutTlsDefaults(traefik: Decoded, ours: Decoded): Decoded {
  const { options } = traefik.tls ?? {};
  if (options === undefined) return traefik;
  const written = Object.entries(options).map(([name, set]) => {
    const own = Object.keys(ours.tls?.options?.[name] ?? {});
    return [name, Object.fromEntries(own.map((key) => [key, set[key]]))] as const;
  });
  return { ...traefik, tls: { options: Object.fromEntries(written) } };
}

function view<T>(objects: ReadonlyMap<string, T>, of: (object: T) => object) {
  if (objects.size === 0) return undefined;
  const entries = [...objects].map(
    ([name, object]) => [name.replace(/@file$/, ''), of(object)] as const,
  );
  return Object.fromEntries(entries);
}

const MS: Readonly<Record<'dialTimeout' | 'dialKeepAlive' | 'terminationDelay', number>> = {
  dialTimeout: 30_000,
  dialKeepAlive: 15_000,
  terminationDelay: 100,
};

function transportView(config: ServersTransportConfig) {
  const duration = (key: keyof typeof MS) => {
    const ms = config[key] ?? MS[key];
    return ms === 0 ? undefined : formatDuration(ms);
  };
  const { proxyProtocol, tls } = config;
  // Traefik hides what may be a secret, and shows no zero.
  const isShown = ([key]: readonly [string, unknown]) =>
    key !== 'rootCAs' && key !== 'certificates';
  const shown = Object.fromEntries(Object.entries(tls ?? {}).filter(isShown));
  const version = proxyProtocol?.version ?? 2;
  return {
    dialTimeout: duration('dialTimeout'),
    dialKeepAlive: duration('dialKeepAlive'),
    terminationDelay: duration('terminationDelay'),
    proxyProtocol: proxyProtocol && (version === 0 ? {} : { version }),
    tls: tls && shown,
  };
}

/** Plain JSON, without the status that the views add. */
function withoutStatus(value: object): Decoded {
  const text = JSON.stringify(value, (key, member: unknown) => {
    if (key === 'status') return undefined;
    return typeof member === 'bigint' ? Number(member) : member;
  });
  return JSON.parse(text) as Decoded;
}
