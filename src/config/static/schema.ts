import { z } from 'zod';
import { END_CLASSES } from '../../telemetry/end-classes.js';
import { traits } from '../model.js';
import { entryPointSchema } from './entry-point-schema.js';
import { duration, foreign, SECOND, secret, section, strings } from './fields.js';
import { providersSchema } from './provider-schema.js';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'panic', 'disabled'] as const;

const ours = { ours: true } as const;

const tcpServersTransport = z.strictObject({
  dialTimeout: duration()
    .default(30 * SECOND)
    .describe('for a connection to a server, name lookup and handshake included'),
  dialKeepAlive: duration()
    .default(15 * SECOND)
    .describe('between keep-alive probes to a server; negative is off'),
  terminationDelay: duration()
    .default(100)
    .describe('how long the other half stays open after one half ended; negative is for ever'),
  tls: section({
    insecureSkipVerify: z.boolean().default(false).describe('believe any certificate'),
    rootCAs: strings().default([]).describe('who signs the certificates of servers'),
    spiffe: section({
      ids: strings().default([]).describe('the SPIFFE ids to accept'),
      trustDomain: z.string().default('').describe('the trust domain to accept'),
    })
      .describe('verify servers by SPIFFE')
      .optional(),
  })
    .describe('speak TLS to servers')
    .optional(),
});

const log = section({
  level: z.enum(LEVELS).default('info').describe('the least important lines to write'),
  format: z
    .enum(['common', 'json'])
    .describe('pretty text or JSON; on a terminal common, else json')
    .optional(),
  noColor: z.boolean().default(false).describe('no colours'),
  filePath: z.string().default('').describe('a file instead of stdout'),
  maxSize: foreign(),
  maxAge: foreign(),
  maxBackups: foreign(),
  compress: foreign(),
});

const accessLog = section({
  filePath: z.string().default('').describe('a file instead of stdout'),
  format: z.string().default('json').describe('json'),
  bufferingSize: z.int().default(0).describe('lines to keep before they are written'),
  addInternals: z.boolean().default(false).describe('connections to API, ping and metrics as well'),
  atStart: z
    .boolean()
    .register(traits, ours)
    .default(false)
    .describe('a line also when the server is reached'),
  filters: z
    .strictObject({
      minDuration: duration().default(0).describe('connections that lasted as long'),
      status: z
        .array(z.enum(END_CLASSES))
        .register(traits, ours)
        .default([])
        .describe('connections that ended so: a reason, a phase, or who ended them'),
      retryAttempts: z
        .boolean()
        .default(false)
        .describe('connections for which more than one server was dialled'),
      statusCodes: foreign(),
    })
    .prefault({}),
  fields: foreign(),
  otlp: foreign(),
  dualOutput: foreign(),
});

const api = section({
  insecure: z.boolean().default(false).describe('serve it on the entry point traefik'),
  dashboard: z.boolean().default(true).describe('serve the page as well'),
  debug: z.boolean().default(false).describe('serve debug figures'),
  basePath: z.string().default('/').describe('what its paths begin with'),
  token: secret()
    .register(traits, { secret: true, ours: true })
    .default('')
    .describe('who presents it may close connections'),
  tokenFile: z.string().register(traits, ours).default('').describe('a file that holds the token'),
  maxDiscoveryAge: duration()
    .register(traits, { text: 'duration', ours: true })
    .default(300 * SECOND)
    .describe('not ready when a provider has been silent for longer'),
  disableDashboardAd: foreign(),
  dashboardName: foreign(),
});

/** The routing that built-in servers share. */
const builtIn = {
  entryPoint: z.string().default('traefik').describe('where it is served'),
  manualRouting: z.boolean().default(false).describe('not served by itself'),
};

const ping = section({
  ...builtIn,
  terminatingStatusCode: z
    .int()
    .min(200)
    .max(599)
    .default(503)
    .describe('its answer while the program stops'),
});

const metrics = z.strictObject({
  prometheus: section({
    ...builtIn,
    addEntryPointsLabels: z.boolean().default(true).describe('figures of entry points'),
    addServicesLabels: z.boolean().default(true).describe('figures of services'),
    addRoutersLabels: z.boolean().default(false).describe('figures of routers'),
    buckets: foreign(),
    headerLabels: foreign(),
  })
    .describe('serve /metrics')
    .optional(),
  addInternals: foreign(),
  datadog: foreign(),
  statsD: foreign(),
  influxDB2: foreign(),
  otlp: foreign(),
});

/** The whole static configuration, as Traefik names it (CFG-*), and what is ours (D8, D36, D41). */
export const staticSchema = z.strictObject({
  entryPoints: z.record(z.string(), entryPointSchema).default({}),
  providers: providersSchema.prefault({}),
  tcpServersTransport: tcpServersTransport.prefault({}),
  log: log.describe('the log of the program').prefault({}),
  accessLog: accessLog.describe('one line per connection').optional(),
  api: api.describe('what is configured and why, as JSON').optional(),
  ping: ping.describe('answer /ping').optional(),
  metrics: metrics.optional(),
  spiffe: section({
    workloadAPIAddr: z
      .string()
      .default('')
      .describe('the Workload API: unix:///path or tcp://IP:port; else SPIFFE_ENDPOINT_SOCKET'),
  }).optional(),
  core: z
    .strictObject({
      defaultRuleSyntax: z.enum(['v2', 'v3']).default('v3').describe('of rules that do not say it'),
    })
    .prefault({}),
  global: foreign(),
  serversTransport: foreign(),
  tracing: foreign(),
  hostResolver: foreign(),
  certificatesResolvers: foreign(),
  experimental: foreign(),
  ocsp: foreign(),
});

/** What was written, with defaults filled in (CFG-16). */
export type WrittenStatic = z.infer<typeof staticSchema>;
export type WrittenEntryPoint = z.infer<typeof entryPointSchema>;
