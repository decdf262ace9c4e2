import { rightSetups, wrongSetups } from './support/cases.js';
import { app, labels, yaml } from './support/sketches.js';

const ROUTER = 'container app: label traefik.tcp.routers.db';

wrongSetups('references', [
  {
    of: 'a service that nobody declares',
    setup: labels({
      'tcp.routers.db.service': 'pgs',
      'tcp.services.pg.loadbalancer.server.port': '5432',
    }),
    code: 'unknown-reference',
    at: [`${ROUTER}.service`],
    value: 'pgs',
    advice: ['pg'],
  },
  {
    of: 'a service of a file without its provider',
    setup: {
      ...labels({ 'tcp.routers.db.service': 'shraed@file' }),
      files: {
        'a.yml':
          'tcp: { services: { shared: { loadBalancer: { servers: [{ address: "10.0.0.1:1" }] } } } }\n',
      },
    },
    code: 'unknown-reference',
    at: [`${ROUTER}.service`],
    value: 'shraed@file',
    advice: ['shared@file'],
  },
  {
    of: 'a service of Docker without its provider, in a file',
    setup: {
      ...labels({}),
      files: { 'a.yml': 'tcp: { routers: { r: { rule: "HostSNI(`*`)", service: app } } }\n' },
    },
    code: 'unknown-reference',
    at: ['a.yml:1'],
    value: 'app',
    advice: ['app@docker'],
    works: ['db@docker'],
  },
  {
    of: '@consul for @consulcatalog',
    setup: labels({ 'tcp.routers.db.service': 'pg@consul' }),
    code: 'unknown-reference',
    at: [`${ROUTER}.service`],
    value: 'pg@consul',
    advice: ['consulcatalog'],
  },
  {
    of: 'a provider that is not on',
    setup: labels({ 'tcp.routers.db.service': 'pg@file' }),
    code: 'unknown-reference',
    at: [`${ROUTER}.service`],
    value: 'pg@file',
    advice: ['providers.file'],
  },
  {
    of: 'a provider that does not exist',
    setup: labels({ 'tcp.routers.db.service': 'app@dokcer' }),
    code: 'unknown-reference',
    at: [`${ROUTER}.service`],
    value: 'app@dokcer',
    advice: ['app'],
  },
  {
    of: 'a middleware that nobody declares',
    setup: labels({
      'tcp.routers.db.middlewares': 'feww',
      'tcp.middlewares.few.inflightconn.amount': '3',
    }),
    code: 'unknown-reference',
    at: [`${ROUTER}.middlewares`],
    value: 'feww',
    advice: ['few'],
  },
  {
    of: 'a transport that nobody declares',
    setup: labels({
      'tcp.services.app.loadbalancer.serverstransport': 'patent',
      'tcp.services.app.loadbalancer.server.port': '5432',
      'tcp.serverstransports.patient.dialtimeout': '60s',
    }),
    code: 'unknown-reference',
    at: ['traefik.tcp.services.app.loadbalancer.serverstransport'],
    value: 'patent',
    advice: ['patient'],
  },
  {
    of: 'TLS options that nobody declares',
    setup: {
      ...labels({
        'tcp.routers.db.tls.options': 'modren',
        'tcp.routers.db.rule': 'HostSNI(`a.test`)',
      }),
      files: { 'tls.yml': 'tls: { options: { modern: { minVersion: VersionTLS13 } } }\n' },
    },
    code: 'unknown-reference',
    at: [`${ROUTER}.tls.options`],
    value: 'modren',
    advice: ['modern'],
  },
  {
    of: 'an entry point that is not there',
    setup: labels({ 'tcp.routers.db.entrypoints': 'postgres' }),
    code: 'no-entry-point',
    at: [`${ROUTER}.entrypoints`],
    value: 'postgres',
    advice: ['pg', 'web', 'other'],
  },
  {
    of: 'a slip in an entry point',
    setup: labels({ 'tcp.routers.db.entrypoints': 'webb' }),
    code: 'no-entry-point',
    at: [`${ROUTER}.entrypoints`],
    value: 'webb',
    advice: ['web'],
  },
  {
    of: 'one of two entry points',
    setup: labels({ 'tcp.routers.db.entrypoints': 'pg,postgres' }),
    code: 'unknown-reference',
    at: [`${ROUTER}.entrypoints`],
    value: 'postgres',
    advice: ['pg'],
  },
  {
    of: 'an entry point for UDP',
    setup: {
      ...labels({ 'tcp.routers.db.entrypoints': 'other dns' }),
    },
    code: 'no-entry-point',
    at: [`${ROUTER}.entrypoints`],
    value: 'other dns',
    advice: ['pg'],
  },
  {
    of: 'weighted services in a circle',
    setup: yaml(`tcp:
  services:
    a: { weighted: { services: [{ name: b }] } }
    b: { weighted: { services: [{ name: a }] } }
`),
    code: 'cycle',
    at: ['dynamic.yml'],
    advice: ['a'],
  },
  {
    of: 'a weighted service of itself',
    setup: yaml(`tcp:
  routers: { r: { rule: "HostSNI(\`*\`)", service: a } }
  services: { a: { weighted: { services: [{ name: a }] } } }
`),
    code: 'cycle',
    at: ['dynamic.yml:3'],
    advice: ['a'],
  },
  {
    of: 'a weighted service of one that is not there',
    setup: yaml(`tcp:
  routers: { r: { rule: "HostSNI(\`*\`)", service: a } }
  services: { a: { weighted: { services: [{ name: besides }] } } }
`),
    code: 'unknown-reference',
    at: ['dynamic.yml:3'],
    value: 'besides',
    advice: ['beside'],
  },
  {
    of: 'a middleware without a kind',
    setup: yaml(`tcp:
  routers: { r: { rule: "HostSNI(\`*\`)", service: beside, middlewares: [m] } }
  middlewares: { m: {} }
`),
    code: 'missing',
    at: ['dynamic.yml:3'],
    advice: ['ipAllowList'],
  },
  {
    of: 'a name that a file reserves',
    setup: {
      containers: [
        app({
          'tcp.services.app.loadbalancer.serverstransport': 'strict',
          'tcp.services.app.loadbalancer.server.port': '5432',
          'tcp.serverstransports.strict.dialtimeout': '1s',
        }),
      ],
      files: { 't.yml': 'tcp: { serversTransports: { strict: { tls: {} } } }\n' },
    },
    code: 'reserved',
    at: ['strict'],
    advice: ['name'],
  },
  {
    of: 'a middleware of HTTP on a TCP router',
    setup: labels({
      'tcp.routers.db.middlewares': 'auth',
      'http.middlewares.auth.basicauth.users': 'x',
    }),
    code: 'unknown-reference',
    at: [`${ROUTER}.middlewares`],
    value: 'auth',
    advice: ['declare'],
  },
  {
    of: 'a middleware kind of HTTP in TCP',
    setup: labels({
      'tcp.middlewares.auth.basicauth.users': 'x',
    }),
    code: 'unknown-key',
    at: ['traefik.tcp.middlewares.auth.basicauth'],
    value: 'basicauth',
    advice: ['ipAllowList'],
    works: ['db@docker'],
  },
]);

rightSetups('references', [
  {
    of: 'a transport of a file, by its bare name',
    setup: {
      ...labels({
        'tcp.services.app.loadbalancer.serverstransport': 'patient',
        'tcp.services.app.loadbalancer.server.port': '5432',
      }),
      files: { 't.yml': 'tcp: { serversTransports: { patient: { dialTimeout: 60s } } }\n' },
    },
    works: ['db@docker'],
  },
  {
    of: 'all kinds, with their providers',
    setup: {
      ...labels({
        'tcp.routers.db.rule': 'HostSNI(`a.test`)',
        'tcp.routers.db.tls.options': 'modern@file',
        'tcp.routers.db.middlewares': 'local@file,few@docker',
        'tcp.middlewares.few.inflightconn.amount': '3',
      }),
      files: {
        't.yml': `tcp: { middlewares: { local: { ipAllowList: { sourceRange: ["10.0.0.0/8"] } } } }
tls: { options: { modern: { minVersion: VersionTLS13 } } }
`,
      },
    },
    works: ['db@docker'],
  },
  {
    of: 'weighted services in a row',
    setup: yaml(`tcp:
  routers: { r: { rule: "HostSNI(\`*\`)", service: a } }
  services:
    a: { weighted: { services: [{ name: b, weight: 3 }, { name: beside, weight: 0 }] } }
    b: { weighted: { services: [{ name: beside }] } }
`),
    works: ['r@file'],
  },
]);
