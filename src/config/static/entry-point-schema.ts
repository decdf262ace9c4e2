import { z } from 'zod';
import { traits } from '../model.js';
import { duration, foreign, SECOND, section, strings } from './fields.js';

const ours = { ours: true } as const;
const count = () => z.int().min(1).register(traits, ours);

const lifeCycle = z.strictObject({
  requestAcceptGraceTimeout: duration()
    .default(0)
    .describe('how long a stop goes on accepting connections'),
  graceTimeOut: duration()
    .default(10 * SECOND)
    .describe('how long a stop waits for open connections to end'),
});

const respondingTimeouts = z.strictObject({
  readTimeout: duration()
    .default(60 * SECOND)
    .describe('from accept until the route is chosen; 0 is no limit'),
  writeTimeout: duration().default(0).describe('only shown'),
  idleTimeout: duration()
    .default(180 * SECOND)
    .describe('only shown'),
  sniffTimeout: duration()
    .register(traits, { text: 'duration', ours: true })
    .default(3 * SECOND)
    .describe('silence after which a plain router beside TLS routers is chosen; 0 is off'),
});

const transport = z.strictObject({
  lifeCycle: lifeCycle.prefault({}),
  respondingTimeouts: respondingTimeouts.prefault({}),
  unrouted: z
    .strictObject({
      max: count().describe('connections without a route; a quarter of the sockets').optional(),
      maxPerIP: count().describe('the same from one address; a tenth of max').optional(),
    })
    .register(traits, ours)
    .prefault({}),
  keepAliveMaxTime: foreign(),
  keepAliveMaxRequests: foreign(),
});

/** Control-plane 1.4, and D36. */
export const entryPointSchema = section({
  address: z.string().default('').describe('where it listens: [host]:port[/tcp|/udp]'),
  asDefault: z.boolean().default(false).describe('for routers that name no entry point'),
  reusePort: z.boolean().default(false).describe('several processes share the port'),
  allowACMEByPass: z.boolean().default(false).describe('only shown'),
  maxConnections: count().describe('open connections at most').optional(),
  proxyProtocol: section({
    insecure: z.boolean().default(false).describe('believe everybody'),
    trustedIPs: strings().default([]).describe('addresses and prefixes to believe'),
  })
    .describe('accept PROXY protocol headers')
    .optional(),
  transport: transport.prefault({}),
  http: foreign(),
  http2: foreign(),
  http3: foreign(),
  forwardedHeaders: foreign(),
  udp: foreign(),
  observability: foreign(),
});
