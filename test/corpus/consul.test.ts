import { instance } from '../support/consul.js';
import { rightSetups, wrongSetups } from './support/cases.js';
import { RULE } from './support/sketches.js';

const ROUTE = `traefik.tcp.routers.web.rule=${RULE}`;
const PLACE = 'consul web/web1 on node1';

wrongSetups('consul', [
  {
    of: 'a tag without =',
    setup: { instances: [instance([ROUTE, 'traefik.tcp.routers.web.tls'])] },
    code: 'ignored',
    at: [`${PLACE}: tag traefik.tcp.routers.web.tls`],
    value: 'traefik.tcp.routers.web.tls',
    advice: ['traefik.tcp.routers.web.tls=VALUE'],
  },
  {
    of: 'an instance without a port',
    setup: { instances: [instance([ROUTE], { port: 0 })] },
    code: 'no-port',
    at: [PLACE],
    advice: ['server.port'],
  },
  {
    of: 'the prefix in capitals',
    setup: { instances: [instance([`Traefik.tcp.routers.web.rule=${RULE}`])] },
    code: 'unknown-key',
    at: [PLACE],
    advice: ['traefik.tcp.routers.web.rule'],
  },
  {
    of: 'a slip in a tag',
    setup: { instances: [instance([`traefik.tcp.routers.web.rul=${RULE}`])] },
    code: 'unknown-key',
    at: [`${PLACE}: tag traefik.tcp.routers.web.rul=`],
    value: 'rul',
    advice: ['rule'],
  },
  {
    of: 'blanks around the =',
    setup: { instances: [instance([`traefik.tcp.routers.web.rule = ${RULE}`])] },
    code: 'unknown-key',
    at: [PLACE],
    advice: ['rule'],
  },
  {
    of: 'checks that fail',
    setup: {
      instances: [
        instance([ROUTE], {
          checks: [{ id: 'c', node: 'node1', service: 'web1', status: 'critical' } as never],
        }),
      ],
    },
    code: 'unhealthy',
    severity: 'info',
    at: [PLACE],
    value: 'critical',
    advice: ['strictChecks'],
  },
  {
    of: 'a dot in a name',
    setup: { instances: [instance([`traefik.tcp.routers.my.web.rule=${RULE}`])] },
    code: 'unknown-key',
    at: [PLACE],
    advice: ['my-web'],
  },
  {
    of: '@consul for @consulcatalog',
    setup: { instances: [instance([ROUTE, 'traefik.tcp.routers.web.service=beside@consul'])] },
    code: 'unknown-reference',
    at: [PLACE],
    value: 'beside@consul',
    advice: ['consulcatalog'],
  },
  {
    of: 'enable misspelt',
    setup: { instances: [instance([ROUTE, 'traefik.enabled=false'])] },
    code: 'unknown-key',
    at: [`${PLACE}: tag traefik.enabled=false`],
    advice: ['enable'],
  },
  {
    of: 'a word for a switch',
    setup: { instances: [instance([ROUTE, 'traefik.enable=yes'])] },
    code: 'bad-value',
    at: [PLACE],
    value: 'yes',
    advice: ['true'],
  },
  {
    of: 'a constraint with the function of Docker',
    setup: { instances: [], consul: { constraints: 'Label(`a`,`b`)' } },
    code: 'constraint',
    at: ['providers.consulCatalog.constraints'],
    value: 'Label(`a`,`b`)',
    advice: ['Tag'],
    breaks: true,
  },
  {
    of: 'two instances that differ',
    setup: {
      instances: [
        instance([ROUTE], { createIndex: 1 }),
        instance([ROUTE.replace('*', 'a.test'), 'traefik.tcp.routers.web.tls=true'], {
          id: 'web2',
          createIndex: 2,
          address: '192.0.2.2',
        }),
      ],
    },
    code: 'conflict',
    at: ['web2'],
    advice: ['name'],
    works: ['web@consulcatalog'],
  },
  {
    of: 'an option of Docker in a tag',
    setup: { instances: [instance([ROUTE, 'traefik.docker.network=front'])] },
    code: 'ignored',
    at: [`${PLACE}: tag traefik.docker.network=front`],
    value: 'front',
    advice: ['leave it out'],
    works: ['web@consulcatalog'],
  },
]);

rightSetups('consul', [
  { of: 'a rule', setup: { instances: [instance([ROUTE])] }, works: ['web@consulcatalog'] },
  {
    of: 'two instances',
    setup: {
      instances: [instance([ROUTE]), instance([ROUTE], { id: 'web2', address: '192.0.2.2' })],
    },
    works: ['web@consulcatalog'],
  },
  {
    of: 'a sidecar that carries the tags of its service',
    setup: {
      instances: [
        instance([ROUTE]),
        instance([ROUTE], { service: 'web-sidecar', id: 'side', kind: 'connect-proxy' }),
      ],
    },
    works: ['web@consulcatalog'],
  },
  {
    of: 'tags of others',
    setup: { instances: [instance([ROUTE, 'v1', 'urlprefix-/x', 'primary=true'])] },
    works: ['web@consulcatalog'],
  },
  {
    of: 'an instance that takes no part',
    setup: { instances: [instance([ROUTE, 'traefik.enable=0'], { port: 0 })] },
    works: [],
  },
  {
    of: 'a prefix of its own',
    setup: {
      instances: [instance([`edge.tcp.routers.web.rule=${RULE}`])],
      consul: { prefix: 'edge' },
    },
    works: ['web@consulcatalog'],
  },
]);
