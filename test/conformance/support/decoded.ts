import type { Snapshot } from '../../../src/config/provider.js';
import { merge } from '../../../src/control/merge.js';
import { serversTransportView } from '../../../src/api/transport-views.js';
import { middlewareView, routerView, serviceView } from '../../../src/api/views.js';
import { compileOptions } from '../../support/compile-options.js';

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
        transportName: undefined,
        isReached: false,
        status: 'enabled',
        errors: [],
        usedBy: [],
        serverStatus: undefined,
      }),
    ),
    middlewares: view(merged.middlewares, (middleware) =>
      middlewareView({ merged: middleware, status: 'enabled', errors: [], usedBy: [] }),
    ),
    serversTransports: view(merged.serversTransports, ({ config }) =>
      serversTransportView(config, compileOptions().defaultTransport),
    ),
  };
  const options = view(merged.tlsOptions, ({ config }) => config);
  return asTraefik({
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

/** What Traefik never shows of a file: secrets, and the status that only a build gives. */
const HIDDEN: ReadonlySet<string> = new Set(['status', 'rootCAs', 'certificates']);

/** Plain JSON, as Traefik shows it. */
function asTraefik(value: object): Decoded {
  const text = JSON.stringify(value, (key, member: unknown) => {
    const isZero = member === '0s' || (key === 'version' && member === 0);
    if (HIDDEN.has(key) || isZero) return undefined;
    return typeof member === 'bigint' ? Number(member) : member;
  });
  return JSON.parse(text) as Decoded;
}
