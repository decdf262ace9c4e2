import { rightSetups, wrongSetups, type Wrong } from './support/cases.js';
import { labels, yaml } from './support/sketches.js';

/** A transport of a label with this value. */
const bad = (
  of: string,
  key: string,
  value: string,
  advice: readonly string[],
  code: Wrong['code'] = 'bad-value',
): Wrong => ({
  of,
  setup: labels({ [key]: value, 'tcp.services.app.loadbalancer.server.port': '5432' }),
  code,
  at: [`container app: label traefik.${key}`],
  value,
  advice,
});

const DIAL = 'tcp.serverstransports.t.dialtimeout';
const LB = 'tcp.services.app.loadbalancer';

/** A service of a file with this server. */
const server = (of: string, address: string, advice: readonly string[]): Wrong => ({
  of,
  setup: yaml(`tcp:
  services:
    s:
      loadBalancer:
        servers:
          - address: "10.0.0.1:1"
          - address: ${JSON.stringify(address)}
`),
  code: 'bad-value',
  at: ['dynamic.yml:7'],
  value: address,
  advice,
});

wrongSetups('values', [
  bad('a duration with a word', DIAL, '5 seconds', ['30s']),
  bad('a duration with a comma', DIAL, '1,5s', ['1m30s']),
  bad('a duration in days', DIAL, '1d', ['30s']),
  bad('a unit in capitals', DIAL, '5S', ['30s']),
  bad('a word for a duration', DIAL, 'never', ['30s']),
  bad('a fraction without a unit', DIAL, '1.5', ['30s']),
  bad('a negative duration', DIAL, '-5s', ['0']),
  bad('a negative interval', `${LB}.healthcheck.interval`, '-5s', ['30s']),
  bad('a timeout that is none', `${LB}.healthcheck.timeout`, 'fast', ['30s']),
  bad('a port of a check that is none', `${LB}.healthcheck.port`, '65536', ['65535']),
  bad('an escape that is none', `${LB}.healthcheck.send`, 'PING\\q', ['\\']),
  bad(
    'a version of the PROXY protocol',
    'tcp.serverstransports.t.proxyprotocol.version',
    '3',
    ['1', '2'],
    'unknown-value',
  ),
  bad('a fraction for a number', 'tcp.routers.db.priority', '1.5', ['whole']),
  bad('a priority that is too high', 'tcp.routers.db.priority', '9223372036854775807', [
    '9223372036854774807',
  ]),
  bad('a number that is too large', 'tcp.routers.db.priority', '99999999999999999999', ['64 bits']),
  bad('an amount below nothing', 'tcp.middlewares.m.inflightconn.amount', '-1', ['0']),
  bad('an address in a list', 'tcp.middlewares.m.ipallowlist.sourcerange', '10.0.0.0/33', [
    '10.0.0.0/8',
  ]),
  bad('a name in a list of addresses', 'tcp.middlewares.m.ipallowlist.sourcerange', 'localhost', [
    '10.0.0.0/8',
  ]),
  bad(
    'a list of addresses with semicolons',
    'tcp.middlewares.m.ipallowlist.sourcerange',
    '10.0.0.1;10.0.0.2',
    ['10.0.0.0/8'],
  ),
  bad('TRUE with a blank', 'tcp.routers.db.tls.passthrough', 'true ', ['true']),
  {
    of: 'a rate without an average',
    setup: labels({ '=sluice.tcp.middlewares.m.ratelimit.burst': '3' }),
    code: 'missing',
    at: ['m'],
    advice: ['average'],
    works: ['db@docker'],
  },
  {
    of: 'a weight below nothing',
    setup: labels({ [`=sluice.${LB}.server.weight`]: '-1' }),
    code: 'bad-value',
    at: ['server.weight'],
    value: '-1',
    advice: ['0'],
  },
  {
    of: 'a weight in per cent',
    setup: labels({ [`=sluice.${LB}.server.weight`]: '10%' }),
    code: 'bad-value',
    at: ['server.weight'],
    value: '10%',
    advice: ['whole number'],
  },
  {
    of: 'a drain that is neither',
    setup: labels({ [`=sluice.${LB}.drain`]: 'forever' }),
    code: 'bad-value',
    at: ['loadbalancer.drain'],
    value: 'forever',
    advice: ['keep', '30s'],
  },
  server('IPv6 without brackets', '2001:db8::1:5432', ['[2001:db8::1]:5432']),
  server('an address without a port', '10.0.0.1', ['10.0.0.1:PORT']),
  server('a URL', 'tcp://10.0.0.1:5432', ['10.0.0.1:5432']),
  server('a port that is too high', '10.0.0.1:65536', ['65535']),
  server('a path behind the address', '10.0.0.1:1/db', ['65535']),
  server('nothing', '', ['host:port']),
  {
    of: 'both kinds of a middleware',
    setup: labels({
      'tcp.middlewares.m.ipallowlist.sourcerange': '10.0.0.0/8',
      'tcp.middlewares.m.inflightconn.amount': '1',
    }),
    code: 'conflict',
    at: ['m'],
    advice: ['middleware of its own'],
    works: ['db@docker'],
  },
  {
    of: 'an empty allow list',
    setup: yaml('tcp: { middlewares: { m: { ipAllowList: { sourceRange: [] } } } }\n'),
    code: 'missing',
    at: ['dynamic.yml:1'],
    advice: ['10.0.0.0/8'],
  },
]);

rightSetups('values', [
  { of: 'a bare number of seconds', setup: labels({ [DIAL]: '5' }), works: ['db@docker'] },
  { of: 'a long duration', setup: labels({ [DIAL]: '1h2m3s4ms' }), works: ['db@docker'] },
  {
    of: 'addresses of both families',
    setup: labels({
      'tcp.middlewares.m.ipallowlist.sourcerange': '10.0.0.0/8, 2001:db8::/32, 192.0.2.1',
    }),
    works: ['db@docker'],
  },
  {
    of: 'a name of /etc/services, IPv6 in brackets',
    setup: yaml(
      'tcp: { services: { s: { loadBalancer: { servers: [{ address: "db.test:ssh" }, { address: "[2001:db8::1]:1" }] } } } }\n',
    ),
    works: [],
  },
]);
