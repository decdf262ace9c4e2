import assert from 'node:assert/strict';
import test from 'node:test';
import type { Configuration, Finding, Live } from '../../../page/answers.js';
import { changesBetween } from '../../../page/changes.js';
import { isProblem, pathOf, wantedIn } from '../../../page/paths.js';
import { pictureOf, type Picture } from '../../../page/picture.js';
import { configuration, finding, live } from '../../support/page.js';

const CONFIGURATION = configuration({
  entryPoints: [
    { name: 'pg', address: ':5432' },
    { name: 'web', address: ':80' },
  ],
  routers: [
    {
      name: 'web@file',
      provider: 'file',
      status: 'enabled',
      rule: 'HostSNI(`*`)',
      service: 'split',
      using: ['web'],
    },
    {
      name: 'db@docker',
      provider: 'docker',
      status: 'enabled',
      rule: 'HostSNI(`db.test`)',
      service: 'db',
      using: ['pg'],
      middlewares: ['office@file'],
      tls: { passthrough: true, options: 'modern@file' },
    },
    {
      name: 'off@docker',
      provider: 'docker',
      status: 'disabled',
      service: 'nowhere',
      entryPoints: ['pg'],
      error: ['no rule'],
    },
  ],
  services: [
    {
      name: 'blue@file',
      provider: 'file',
      status: 'enabled',
      loadBalancer: { servers: [{ address: 'b:1', weight: 3, backup: true }] },
    },
    {
      name: 'db@docker',
      provider: 'docker',
      status: 'enabled',
      usedBy: ['db@docker'],
      loadBalancer: { serversTransport: 'slow@file' },
    },
    {
      name: 'idle@file',
      provider: 'file',
      status: 'enabled',
      loadBalancer: { servers: [{ address: 'i:1' }] },
    },
    {
      name: 'split@file',
      provider: 'file',
      status: 'enabled',
      usedBy: ['web@file'],
      weighted: { services: [{ name: 'blue', weight: 2 }] },
    },
  ],
  middlewares: [
    {
      name: 'office@file',
      provider: 'file',
      status: 'enabled',
      type: 'ipallowlist',
      usedBy: ['db@docker'],
    },
    { name: 'typo@file', provider: 'file', status: 'disabled', type: 'ipallowlist' },
  ],
  serversTransports: [
    { name: 'slow@file', provider: 'file', status: 'enabled', usedBy: ['db@docker'] },
  ],
  tlsOptions: [{ name: 'modern@file', provider: 'file', status: 'enabled', usedBy: ['db@docker'] }],
});

const LIVE = live({
  entryPoints: { pg: {}, web: {} },
  services: {
    'blue@file': { servers: { 'b:1': { status: 'UP', owners: ['/d/a.yml'] } } },
    'db@docker': {
      servers: {
        'd:1': { status: 'UP', owners: ['pg-1'] },
        'd:2': { status: 'DOWN', owners: ['pg-2'], open: 1 },
        'd:3': { open: 4 },
        'd:4': { status: 'UP', leaving: true, owners: ['pg-4'] },
        'd:5': { status: 'UP', owners: ['pg.2'] },
      },
    },
    'idle@file': { servers: {} },
    'split@file': { servers: {} },
  },
});

const picture = (
  rest: {
    configuration?: Configuration;
    findings?: readonly Finding[];
    live?: Live;
  } = {},
): Picture => pictureOf({ configuration: CONFIGURATION, findings: [], live: LIVE, ...rest });

const namesOf = (nodes: readonly { name: string }[]) => nodes.map(({ name }) => name);

const nodeOf = (shown: Picture, id: string) => shown.nodes.get(id) ?? assert.fail(`no ${id}`);

test('columns follow one another, so that few lines cross', () => {
  const { columns } = picture();
  assert.deepEqual(namesOf(columns.entryPoint), ['pg', 'web']);
  assert.deepEqual(namesOf(columns.router), ['db@docker', 'off@docker', 'web@file']);
  assert.deepEqual(namesOf(columns.service), ['db@docker', 'blue@file', 'split@file', 'idle@file']);
  assert.deepEqual(namesOf(columns.server), ['d:1', 'd:2', 'd:3', 'd:4', 'd:5', 'b:1', 'i:1']);
});

const STATES: readonly (readonly [id: string, state: string, text: string])[] = [
  ['entryPoint:pg', 'good', 'listening'],
  ['router:db@docker', 'good', 'in force'],
  ['router:off@docker', 'bad', 'disabled'],
  ['service:db@docker', 'warning', '3 of 4 up'],
  ['service:blue@file', 'good', '1 of 1 up'],
  ['service:split@file', 'good', 'in force'],
  ['service:idle@file', 'idle', 'not used'],
  ['server:db@docker d:1', 'good', 'up'],
  ['server:db@docker d:2', 'bad', 'down'],
  ['server:db@docker d:3', 'leaving', 'removed, connections live on'],
  ['server:db@docker d:4', 'leaving', 'leaving: no new connections'],
  ['server:idle@file i:1', 'idle', 'not used'],
  ['middleware:typo@file', 'bad', 'disabled'],
  ['middleware:office@file', 'good', 'in force'],
];

for (const [id, state, text] of STATES) {
  test(`${id} is ${text}`, () => {
    const node = nodeOf(picture(), id);
    assert.deepEqual([node.state, node.stateText], [state, text]);
  });
}

test('a service of which no server is up is bad, and so is one that has none', () => {
  const down = { 'd:1': { status: 'DOWN' } } as const;
  const services = { ...LIVE.services, 'db@docker': { servers: down } };
  const { state, stateText } = nodeOf(
    picture({ live: { ...LIVE, services } }),
    'service:db@docker',
  );
  assert.deepEqual([state, stateText], ['bad', '0 of 1 up']);
  const none = { ...LIVE.services, 'db@docker': { servers: {} } };
  assert.equal(
    nodeOf(picture({ live: { ...LIVE, services: none } }), 'service:db@docker').stateText,
    'no server',
  );
});

test('an entry point that does not listen is not served', () => {
  const shown = picture({ live: { ...LIVE, entryPoints: { pg: {} } } });
  assert.equal(nodeOf(shown, 'entryPoint:web').stateText, 'not served');
});

test('what has left the configuration is shown as long as connections live', () => {
  const shown = picture({
    live: {
      ...LIVE,
      routers: { 'gone@docker': { open: 1 } },
      services: { ...LIVE.services, 'gone@docker': { open: 1, servers: { 'g:1': { open: 1 } } } },
    },
  });
  assert.equal(nodeOf(shown, 'router:gone@docker').state, 'leaving');
  assert.deepEqual(nodeOf(shown, 'service:gone@docker').to, ['server:gone@docker g:1']);
  assert.equal(nodeOf(shown, 'server:gone@docker g:1').state, 'leaving');
});

const CONCERNED: readonly (readonly [about: Partial<Finding>, ids: readonly string[]])[] = [
  [{ object: { kind: 'router', name: 'off@docker' } }, ['router:off@docker']],
  // Some are told as they are written, and the provider beside them.
  [{ object: { kind: 'router', name: 'off' }, provider: 'docker' }, ['router:off@docker']],
  [
    { object: { kind: 'middleware', name: 'office@file' } },
    ['router:db@docker', 'middleware:office@file'],
  ],
  [
    { object: { kind: 'serversTransport', name: 'slow@file' } },
    ['service:db@docker', 'serversTransport:slow@file'],
  ],
  [
    { object: { kind: 'tlsOptions', name: 'modern@file' } },
    ['router:db@docker', 'tlsOptions:modern@file'],
  ],
  [{ object: { kind: 'container', name: 'pg-2' } }, ['server:db@docker d:2']],
  [{ object: { kind: 'swarmService', name: 'pg-4' } }, ['server:db@docker d:4']],
  [{ object: { kind: 'swarmService', name: 'pg' } }, ['server:db@docker d:5']],
  [{ object: { kind: 'entryPoint', name: 'web' } }, ['entryPoint:web']],
  [{ object: { kind: 'provider', name: 'docker' } }, []],
  [{}, []],
];

for (const [about, ids] of CONCERNED) {
  test(`a finding about ${JSON.stringify(about)} stands at ${ids.join(' and ') || 'no card'}`, () => {
    const shown = picture({ findings: [finding(about)] });
    const at = [...shown.nodes.values()].filter(({ findings }) => findings.length > 0);
    assert.deepEqual(
      at.map(({ id }) => id),
      ids,
    );
  });
}

test('the worst finding comes first', () => {
  const object = { kind: 'router', name: 'db@docker' } as const;
  const findings = (['info', 'error', 'warning'] as const).map((severity) =>
    finding({ id: severity, severity, object }),
  );
  const node = nodeOf(picture({ findings }), 'router:db@docker');
  assert.deepEqual(
    node.findings.map(({ severity }) => severity),
    ['error', 'warning', 'info'],
  );
});

test('a path is all to the left and all to the right', () => {
  assert.deepEqual([...pathOf(picture(), ['service:split@file'])].sort(), [
    'entryPoint:web',
    'router:web@file',
    'server:blue@file b:1',
    'service:blue@file',
    'service:split@file',
  ]);
  // Not the other servers of its service.
  assert.ok(!pathOf(picture(), ['server:db@docker d:1']).has('server:db@docker d:2'));
});

test('what stands beside the columns is on the whole path of those who use it', () => {
  const path = pathOf(picture(), ['middleware:office@file']);
  for (const id of ['entryPoint:pg', 'router:db@docker', 'server:db@docker d:1']) {
    assert.ok(path.has(id), id);
  }
  assert.ok(!path.has('router:web@file'));
});

test('a path in a circle ends', () => {
  const circle = configuration({
    services: ['a', 'b'].map((name) => ({
      name: `${name}@file`,
      provider: 'file',
      weighted: { services: [{ name: name === 'a' ? 'b' : 'a', weight: 1 }] },
    })),
  });
  const path = pathOf(picture({ configuration: circle }), ['service:a@file']);
  assert.ok(path.has('service:b@file'));
});

test('a search finds names, rules, addresses, owners and findings, with all that they are connected to', () => {
  const findings = [
    finding({ object: { kind: 'router', name: 'web@file' }, message: 'Odd thing' }),
  ];
  const shown = picture({ findings });
  const found = (search: string) => wantedIn(shown, { search, onlyProblems: false });
  assert.equal(found(' '), undefined);
  assert.ok(found('DB.test')?.has('server:db@docker d:1'));
  assert.ok(found('pg-2')?.has('entryPoint:pg'));
  assert.ok(found('odd THING')?.has('service:blue@file'));
  assert.ok(!found('odd thing')?.has('router:db@docker'));
  assert.equal(found('nobody has this')?.size, 0);
});

test('only problems are what is bad, half bad, or told of, with all that it is connected to', () => {
  const shown = picture({
    findings: [finding({ severity: 'info', object: { kind: 'router', name: 'web@file' } })],
  });
  assert.ok(!isProblem(nodeOf(shown, 'router:web@file')));
  assert.ok(isProblem(nodeOf(shown, 'service:db@docker')));
  const wanted = wantedIn(shown, { search: '', onlyProblems: true });
  assert.ok(wanted?.has('router:db@docker'));
  assert.ok(!wanted?.has('router:web@file'));
});

test('whoever cannot see is told of other states and new errors, and of many only how many', () => {
  const before = picture();
  assert.deepEqual(changesBetween(before, before), []);
  const servers = { ...LIVE.services['db@docker']?.servers, 'd:2': { status: 'UP' as const } };
  const up = picture({
    live: { ...LIVE, services: { ...LIVE.services, 'db@docker': { servers } } },
  });
  assert.deepEqual(changesBetween(before, up), ['service db@docker: 4 of 4 up', 'server d:2: up']);
  const object = { kind: 'router', name: 'db@docker' } as const;
  assert.deepEqual(changesBetween(before, picture({ findings: [finding({ object })] })), [
    'new errors at 1 object',
  ]);
  const none = changesBetween(before, picture({ live: live() }));
  assert.equal(none.length, 4);
  assert.match(none[3] ?? '', /^and \d+ other changes$/);
});

test('names that are words of the language are names', () => {
  const odd = configuration({
    routers: [{ name: '__proto__', provider: '', service: 'constructor@x', status: 'toString' }],
    services: [{ name: 'constructor@x', provider: 'x', status: 'enabled' }],
  });
  const shown = picture({ configuration: odd, live: live() });
  assert.deepEqual(nodeOf(shown, 'router:__proto__').to, ['service:constructor@x']);
});
