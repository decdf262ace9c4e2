import { z } from 'zod';
import { traits } from '../model.js';

const duration = (): z.ZodNumber => z.number().register(traits, { text: 'duration' });
const strings = (): z.ZodArray<z.ZodString> => z.array(z.string());
const secret = (): z.ZodString => z.string().register(traits, { secret: true });
/** An option of Traefik's other halves: whatever stands there is accepted, and said once (D22). */
const foreign = (): z.ZodUnknown => z.unknown().register(traits, { foreign: true });

const entryPoint = z
  .strictObject({
    address: z.string().optional(),
    reusePort: z.boolean().optional(),
    asDefault: z.boolean().optional(),
    allowACMEByPass: z.boolean().optional(),
    maxConnections: z.int().min(1).register(traits, { ours: true }).optional(),
    proxyProtocol: z
      .strictObject({ insecure: z.boolean().optional(), trustedIPs: strings().optional() })
      .register(traits, { allowEmpty: true })
      .optional(),
    transport: z
      .strictObject({
        lifeCycle: z
          .strictObject({
            requestAcceptGraceTimeout: duration().optional(),
            graceTimeOut: duration().optional(),
          })
          .optional(),
        respondingTimeouts: z
          .strictObject({
            readTimeout: duration().optional(),
            writeTimeout: duration().optional(),
            idleTimeout: duration().optional(),
            sniffTimeout: duration().optional(),
          })
          .optional(),
        keepAliveMaxTime: foreign().optional(),
        keepAliveMaxRequests: foreign().optional(),
        unrouted: z
          .strictObject({
            max: z.int().min(1).optional(),
            maxPerIP: z.int().min(1).optional(),
          })
          .register(traits, { ours: true })
          .optional(),
      })
      .optional(),
    http: foreign().optional(),
    http2: foreign().optional(),
    http3: foreign().optional(),
    forwardedHeaders: foreign().optional(),
    udp: foreign().optional(),
    observability: foreign().optional(),
  })
  .register(traits, { allowEmpty: true });

const tls = z.strictObject({
  ca: z.string().register(traits, { pem: true }).optional(),
  cert: z.string().register(traits, { pem: true }).optional(),
  key: secret().optional(),
  insecureSkipVerify: z.boolean().optional(),
});

const docker = z
  .strictObject({
    endpoint: z.string().optional(),
    username: z.string().optional(),
    password: secret().optional(),
    tls: tls.optional(),
    httpClientTimeout: duration().optional(),
    exposedByDefault: z.boolean().optional(),
    constraints: z.string().optional(),
    allowEmptyServices: z.boolean().optional(),
    network: z.string().optional(),
    useBindPortIP: z.boolean().optional(),
    watch: z.boolean().optional(),
    defaultRule: foreign().optional(),
    allowPrivilegedLabels: z.boolean().register(traits, { ours: true }).optional(),
  })
  .register(traits, { allowEmpty: true });

const consulCatalog = z
  .strictObject({
    endpoint: z
      .strictObject({
        address: z.string().optional(),
        scheme: z.enum(['http', 'https']).optional(),
        datacenter: z.string().optional(),
        token: secret().optional(),
        endpointWaitTime: duration().optional(),
        httpAuth: z
          .strictObject({ username: z.string().optional(), password: secret().optional() })
          .optional(),
        tls: tls.optional(),
      })
      .optional(),
    prefix: z.string().optional(),
    refreshInterval: duration().optional(),
    requireConsistent: z.boolean().optional(),
    stale: z.boolean().optional(),
    cache: z.boolean().optional(),
    exposedByDefault: z.boolean().optional(),
    defaultRule: foreign().optional(),
    connectAware: z.boolean().optional(),
    connectByDefault: z.boolean().optional(),
    serviceName: z.string().optional(),
    watch: z.boolean().optional(),
    strictChecks: strings().optional(),
    constraints: z.string().optional(),
    namespaces: strings().optional(),
    allowPrivilegedLabels: z.boolean().register(traits, { ours: true }).optional(),
  })
  .register(traits, { allowEmpty: true });

/** The whole static configuration, as Traefik names it (CFG-*), and what is ours (D8, D36, D41). */
export const staticSchema = z.strictObject({
  entryPoints: z.record(z.string(), entryPoint).optional(),
  providers: z
    .strictObject({
      providersThrottleDuration: duration().optional(),
      precedence: strings().optional(),
      docker: docker.optional(),
      consulCatalog: consulCatalog.optional(),
      file: z
        .strictObject({
          directory: z.string().optional(),
          filename: z.string().optional(),
          watch: z.boolean().optional(),
          debugLogGeneratedTemplate: z.boolean().optional(),
        })
        .optional(),
    })
    .optional(),
  tcpServersTransport: z
    .strictObject({
      dialTimeout: duration().optional(),
      dialKeepAlive: duration().optional(),
      terminationDelay: duration().optional(),
      tls: z
        .strictObject({
          insecureSkipVerify: z.boolean().optional(),
          rootCAs: strings().optional(),
          spiffe: z
            .strictObject({ ids: strings().optional(), trustDomain: z.string().optional() })
            .register(traits, { allowEmpty: true })
            .optional(),
        })
        .register(traits, { allowEmpty: true })
        .optional(),
    })
    .optional(),
  log: z
    .strictObject({
      level: z.string().optional(),
      format: z.enum(['common', 'json']).optional(),
      noColor: z.boolean().optional(),
      filePath: z.string().optional(),
      maxSize: foreign().optional(),
      maxAge: foreign().optional(),
      maxBackups: foreign().optional(),
      compress: foreign().optional(),
    })
    .register(traits, { allowEmpty: true })
    .optional(),
  accessLog: z
    .strictObject({
      filePath: z.string().optional(),
      format: z.string().optional(),
      bufferingSize: z.int().optional(),
      filters: z
        .strictObject({
          minDuration: duration().optional(),
          statusCodes: foreign().optional(),
          retryAttempts: foreign().optional(),
        })
        .optional(),
      fields: foreign().optional(),
      addInternals: foreign().optional(),
    })
    .register(traits, { allowEmpty: true })
    .optional(),
  api: z
    .strictObject({
      insecure: z.boolean().optional(),
      dashboard: z.boolean().optional(),
      debug: z.boolean().optional(),
      basePath: z.string().optional(),
      disableDashboardAd: z.boolean().optional(),
      dashboardName: z.string().optional(),
      token: secret().register(traits, { secret: true, ours: true }).optional(),
      tokenFile: z.string().register(traits, { ours: true }).optional(),
      maxDiscoveryAge: duration().register(traits, { text: 'duration', ours: true }).optional(),
    })
    .register(traits, { allowEmpty: true })
    .optional(),
  ping: z
    .strictObject({
      entryPoint: z.string().optional(),
      manualRouting: z.boolean().optional(),
      terminatingStatusCode: z.int().min(200).max(599).optional(),
    })
    .register(traits, { allowEmpty: true })
    .optional(),
  metrics: z
    .strictObject({
      addInternals: foreign().optional(),
      prometheus: z
        .strictObject({
          entryPoint: z.string().optional(),
          manualRouting: z.boolean().optional(),
          addEntryPointsLabels: z.boolean().optional(),
          addServicesLabels: z.boolean().optional(),
          addRoutersLabels: z.boolean().optional(),
          buckets: foreign().optional(),
          headerLabels: foreign().optional(),
        })
        .register(traits, { allowEmpty: true })
        .optional(),
      datadog: foreign().optional(),
      statsD: foreign().optional(),
      influxDB2: foreign().optional(),
      otlp: foreign().optional(),
    })
    .optional(),
  spiffe: z.strictObject({ workloadAPIAddr: z.string().optional() }).optional(),
  core: z.strictObject({ defaultRuleSyntax: z.enum(['v2', 'v3']).optional() }).optional(),
  global: foreign().optional(),
  serversTransport: foreign().optional(),
  tracing: foreign().optional(),
  hostResolver: foreign().optional(),
  certificatesResolvers: foreign().optional(),
  experimental: foreign().optional(),
  ocsp: foreign().optional(),
});

/** What was written, before defaults. */
export type WrittenStatic = z.infer<typeof staticSchema>;
