import { z } from 'zod';
import type { ConnectPeer } from './connect.js';
import { isFault, type Diagnostic, type Place } from './diagnostic.js';

/**
 * What the decoder has to know of a field beyond its type. Kept beside the schema, so that labels,
 * files, API and the published JSON Schema all come from one description.
 */
export interface Traits {
  /** How the text of a scalar is read. Without it the zod type decides: string, boolean, integer. */
  readonly text?: 'duration' | 'int64' | 'milliseconds';
  /** An empty section is a section (LBL-9): `tls: {}`, `tls=true`. */
  readonly allowEmpty?: true;
  /** In labels this list is one object of this name (LBL-12): `servers[]` is `server`. */
  readonly labelName?: string;
  /**
   * What a label may not say. `unread`: accepted and without effect, which is said (LBL-14, D33).
   * `privileged`: refused unless the provider allows it (D8).
   */
  readonly label?: 'unread' | 'privileged';
  /** What to do where a label cannot say it. */
  readonly instead?: string;
  /** A path or PEM content (DYN-36). */
  readonly pem?: true;
  /** One string stands for both members of a certificate (D4). */
  readonly pair?: true;
  /** Accepted and said to be deprecated; the text says what to write instead. */
  readonly deprecated?: string;
  /** Belongs to another half of Traefik: accepted, and said once (D22). */
  readonly foreign?: true;
  /** Never shown in a finding. */
  readonly secret?: true;
  /** Ours beyond Traefik's (D36): Traefik drops a whole container for such a key. */
  readonly ours?: true;
}

/** Traits of a schema node. Read by `decode/schema.ts`. */
export const traits = z.registry<Traits>();

const duration = (): z.ZodNumber => z.number().register(traits, { text: 'duration' });
const strings = (): z.ZodArray<z.ZodString> => z.array(z.string());

// Durations are numbers in milliseconds everywhere inside the program; text such as `30s` stops in
// the decoder. Defaults stand in defaults.ts, so that "not written" stays visible here.

const routerTls = z
  .strictObject({
    passthrough: z.boolean().optional(),
    options: z.string().optional(),
    certResolver: z.string().optional(),
    domains: z
      .array(z.strictObject({ main: z.string().optional(), sans: strings().optional() }))
      .optional(),
  })
  .register(traits, { allowEmpty: true });

export const routerSchema = z.strictObject({
  entryPoints: strings().optional(),
  middlewares: strings().optional(),
  service: z.string().optional(),
  rule: z.string().optional(),
  ruleSyntax: z.string().optional(),
  priority: z.bigint().register(traits, { text: 'int64' }).optional(),
  tls: routerTls.optional(),
});

const server = z.strictObject({
  address: z
    .string()
    .register(traits, {
      label: 'unread',
      instead: 'leave it out: the address is found by itself, and server.port says the port',
    })
    .optional(),
  port: z.string().optional(),
  tls: z.boolean().optional(),
  weight: z.int().min(0).register(traits, { ours: true }).optional(),
  backup: z.boolean().register(traits, { ours: true }).optional(),
  maxConnections: z.int().min(0).register(traits, { ours: true }).optional(),
});

const proxyProtocol = (): z.ZodObject<{ version: z.ZodOptional<z.ZodInt> }> =>
  z.strictObject({ version: z.int().optional() }).register(traits, { allowEmpty: true });

const healthCheck = z
  .strictObject({
    port: z.int().optional(),
    send: z.string().optional(),
    expect: z.string().optional(),
    interval: duration().optional(),
    unhealthyInterval: duration().optional(),
    timeout: duration().optional(),
    mode: z.enum(['tcp', 'http']).register(traits, { ours: true }).optional(),
    path: z.string().register(traits, { ours: true }).optional(),
    method: z.string().register(traits, { ours: true }).optional(),
    status: z.int().register(traits, { ours: true }).optional(),
    scheme: z.enum(['http', 'https']).register(traits, { ours: true }).optional(),
    hostname: z.string().register(traits, { ours: true }).optional(),
    rise: z.int().min(1).register(traits, { ours: true }).optional(),
    fall: z.int().min(1).register(traits, { ours: true }).optional(),
    onAllDown: z.enum(['refuse', 'any']).register(traits, { ours: true }).optional(),
  })
  .register(traits, { allowEmpty: true });

const loadBalancer = z.strictObject({
  servers: z.array(server).register(traits, { labelName: 'server' }).optional(),
  serversTransport: z.string().optional(),
  proxyProtocol: proxyProtocol()
    .register(traits, { allowEmpty: true, deprecated: 'set proxyProtocol on a serversTransport' })
    .optional(),
  terminationDelay: z
    .number()
    .register(traits, {
      text: 'milliseconds',
      deprecated: 'set terminationDelay on a serversTransport',
    })
    .optional(),
  healthCheck: healthCheck.optional(),
  strategy: z
    .enum(['wrr', 'leastconn', 'hrw', 'iphash'])
    .register(traits, { ours: true })
    .optional(),
  passiveHealthCheck: z
    .strictObject({
      failureWindow: duration().optional(),
      maxFailedAttempts: z.int().min(1).optional(),
    })
    .register(traits, { ours: true, allowEmpty: true })
    .optional(),
  /** Milliseconds, or `keep`. */
  drain: z
    .union([z.literal('keep'), z.number()])
    .register(traits, { text: 'duration', ours: true })
    .optional(),
  drainOnUnhealthy: z
    .union([z.literal('keep'), z.number()])
    .register(traits, { text: 'duration', ours: true })
    .optional(),
  idleTimeout: duration().register(traits, { text: 'duration', ours: true }).optional(),
  maxDuration: duration().register(traits, { text: 'duration', ours: true }).optional(),
});

const weighted = z
  .strictObject({
    services: z
      .array(z.strictObject({ name: z.string().optional(), weight: z.int().optional() }))
      .optional(),
    healthCheck: z.strictObject({}).register(traits, { allowEmpty: true }).optional(),
  })
  .register(traits, { label: 'unread' });

export const serviceSchema = z.strictObject({
  loadBalancer: loadBalancer.optional(),
  weighted: weighted.optional(),
});

export const middlewareSchema = z.strictObject({
  inFlightConn: z
    .strictObject({ amount: z.bigint().register(traits, { text: 'int64' }).optional() })
    .optional(),
  ipAllowList: z.strictObject({ sourceRange: strings().optional() }).optional(),
  ipWhiteList: z
    .strictObject({ sourceRange: strings().optional() })
    .register(traits, { deprecated: 'write ipAllowList' })
    .optional(),
  ipDenyList: z
    .strictObject({ sourceRange: strings().optional() })
    .register(traits, { ours: true })
    .optional(),
  rateLimit: z
    .strictObject({
      average: z.number().optional(),
      period: duration().optional(),
      burst: z.number().optional(),
    })
    .register(traits, { ours: true })
    .optional(),
});

const certificatePair = z
  .strictObject({
    certFile: z.string().register(traits, { pem: true }).optional(),
    keyFile: z.string().register(traits, { pem: true }).optional(),
  })
  .register(traits, { pair: true });

const spiffe = (): z.ZodObject<{
  ids: z.ZodOptional<z.ZodArray<z.ZodString>>;
  trustDomain: z.ZodOptional<z.ZodString>;
}> =>
  z
    .strictObject({ ids: strings().optional(), trustDomain: z.string().optional() })
    .register(traits, { allowEmpty: true });

export const serversTransportSchema = z.strictObject({
  dialTimeout: duration().optional(),
  dialKeepAlive: duration().optional(),
  terminationDelay: duration().optional(),
  proxyProtocol: proxyProtocol().optional(),
  tls: z
    .strictObject({
      serverName: z.string().optional(),
      insecureSkipVerify: z.boolean().register(traits, { label: 'privileged' }).optional(),
      rootCAs: z
        .array(z.string().register(traits, { pem: true }))
        .register(traits, { label: 'privileged' })
        .optional(),
      certificates: z.array(certificatePair).register(traits, { label: 'privileged' }).optional(),
      peerCertURI: z.string().optional(),
      spiffe: spiffe().optional(),
    })
    .register(traits, { allowEmpty: true })
    .optional(),
  spiffe: spiffe().optional(),
});

export const tlsOptionsSchema = z.strictObject({
  minVersion: z.string().optional(),
  maxVersion: z.string().optional(),
  cipherSuites: strings().optional(),
  curvePreferences: strings().optional(),
  clientAuth: z
    .strictObject({
      caFiles: z.array(z.string().register(traits, { pem: true })).optional(),
      clientAuthType: z.string().optional(),
    })
    .optional(),
  sniStrict: z.boolean().optional(),
  alpnProtocols: strings().optional(),
  disableSessionTickets: z.boolean().optional(),
  preferServerCipherSuites: z
    .boolean()
    .register(traits, { deprecated: 'it has no effect; leave it out' })
    .optional(),
});

export const tlsStoreSchema = z.strictObject({
  defaultCertificate: certificatePair.register(traits, { pair: true, label: 'unread' }).optional(),
  defaultGeneratedCert: z
    .strictObject({
      resolver: z.string().optional(),
      domain: z
        .strictObject({ main: z.string().optional(), sans: strings().optional() })
        .optional(),
    })
    .optional(),
});

export const tlsCertificateSchema = z
  .strictObject({
    certFile: z.string().register(traits, { pem: true }).optional(),
    keyFile: z.string().register(traits, { pem: true }).optional(),
    stores: strings().optional(),
  })
  .register(traits, { pair: true });

/** The whole dynamic configuration, as a file writes it (control-plane facts 2.1–2.5). */
export const dynamicSchema = z.strictObject({
  tcp: z
    .strictObject({
      routers: z.record(z.string(), routerSchema).optional(),
      services: z.record(z.string(), serviceSchema).optional(),
      middlewares: z.record(z.string(), middlewareSchema).optional(),
      serversTransports: z.record(z.string(), serversTransportSchema).optional(),
    })
    .optional(),
  tls: z
    .strictObject({
      certificates: z.array(tlsCertificateSchema).register(traits, { label: 'unread' }).optional(),
      options: z
        .record(z.string(), tlsOptionsSchema)
        .register(traits, { label: 'unread' })
        .optional(),
      stores: z.record(z.string(), tlsStoreSchema).optional(),
    })
    .register(traits, { allowEmpty: true })
    .optional(),
});

type DeepReadonly<T> = T extends readonly (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

export type RouterConfig = DeepReadonly<z.infer<typeof routerSchema>>;
export type ServiceConfig = Omit<DeepReadonly<z.infer<typeof serviceSchema>>, 'loadBalancer'> & {
  readonly loadBalancer?: LoadBalancerConfig | undefined;
};
export type LoadBalancerConfig = Omit<DeepReadonly<z.infer<typeof loadBalancer>>, 'servers'> & {
  readonly servers?: readonly ServerConfig[] | undefined;
};
export type ServerConfig = DeepReadonly<z.infer<typeof server>> & {
  /** Nobody writes it: it comes from the provider that found the server on Consul Connect. */
  readonly connect?: ConnectPeer;
};
export type HealthCheckConfig = DeepReadonly<z.infer<typeof healthCheck>>;
export type MiddlewareConfig = DeepReadonly<z.infer<typeof middlewareSchema>>;
export type ServersTransportConfig = DeepReadonly<z.infer<typeof serversTransportSchema>>;
export type TlsOptionsConfig = DeepReadonly<z.infer<typeof tlsOptionsSchema>>;
export type TlsStoreConfig = DeepReadonly<z.infer<typeof tlsStoreSchema>>;
export type TlsCertificateConfig = DeepReadonly<z.infer<typeof tlsCertificateSchema>>;

/**
 * One named object as its author wrote it: every field that could be read, where it stands, and what
 * is wrong with it. An object with an error is disabled and shown, never half-applied (D9).
 */
export interface Declared<T> {
  readonly name: string;
  readonly config: T;
  /** Where the object begins. */
  readonly at: Place;
  /** Where each written field stands, by path below the object: `service`, `loadBalancer.servers[0].address`. */
  readonly places: ReadonlyMap<string, Place>;
  /** The findings about this object; also in the diagnostics of its part. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What one owner declares. Maps, because an object may well be called `__proto__`. */
export interface DynamicConfig {
  readonly routers: ReadonlyMap<string, Declared<RouterConfig>>;
  readonly services: ReadonlyMap<string, Declared<ServiceConfig>>;
  readonly middlewares: ReadonlyMap<string, Declared<MiddlewareConfig>>;
  readonly serversTransports: ReadonlyMap<string, Declared<ServersTransportConfig>>;
  readonly tlsOptions: ReadonlyMap<string, Declared<TlsOptionsConfig>>;
  readonly tlsStores: ReadonlyMap<string, Declared<TlsStoreConfig>>;
  readonly tlsCertificates: readonly Declared<TlsCertificateConfig>[];
}

export const EMPTY_CONFIG: DynamicConfig = {
  routers: new Map(),
  services: new Map(),
  middlewares: new Map(),
  serversTransports: new Map(),
  tlsOptions: new Map(),
  tlsStores: new Map(),
  tlsCertificates: [],
};

/** True if one of the findings about an object is a fault: it is shown, and not used (D9). */
export function isBroken(object: { readonly diagnostics: readonly Diagnostic[] }): boolean {
  return object.diagnostics.some(isFault);
}
