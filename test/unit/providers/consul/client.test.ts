import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { connectConsul, type ConsulApi } from '../../../../providers/consul/client.js';
import type { ConsulCatalogConfig } from '../../../../src/config/static.js';
import { consulConfig } from '../../../support/consul.js';
import { folderWith } from '../../../support/folder.js';

interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

type Answer = (response: ServerResponse) => void;

interface Agent {
  readonly asked: readonly Asked[];
  readonly connect: (
    endpoint?: Partial<ConsulCatalogConfig['endpoint']>,
    rest?: Partial<ConsulCatalogConfig>,
    namespace?: string,
  ) => Promise<ConsulApi>;
}

const json =
  (body: unknown, headers: Readonly<Record<string, string>> = { 'X-Consul-Index': '17' }): Answer =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

/** An HTTP server in the place of an agent, on a free port or on a socket of the machine. */
async function agent(t: TestContext, answer: Answer, path?: string): Promise<Agent> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    asked.push({ path: pathname, query: searchParams, headers: request.headers });
    answer(response);
  });
  if (path === undefined) server.listen(0, '127.0.0.1');
  else server.listen(path);
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const where =
    typeof address === 'object' && address !== null
      ? `127.0.0.1:${address.port}`
      : `unix://${address ?? ''}`;
  return {
    asked,
    connect: async (endpoint, rest, namespace = '') => {
      const config = consulConfig(rest);
      const api = await connectConsul(
        { ...config, endpoint: { ...config.endpoint, address: where, ...endpoint } },
        namespace,
      );
      t.after(() => api.close());
      return api;
    },
  };
}

const { signal } = new AbortController();

test('the names of services are read with all their tags, and the place to go on from', async (t) => {
  const { asked, connect } = await agent(t, json({ consul: [], db: ['a', 'b'] }));
  const api = await connect();
  const { value, index, hasLeader } = await api.services(0, signal);
  assert.deepEqual(
    [...value],
    [
      ['consul', []],
      ['db', ['a', 'b']],
    ],
  );
  assert.deepEqual([index, hasLeader], [17, true]);
  assert.equal(asked[0]?.path, '/v1/catalog/services');
});

test('an agent is reached on a socket of the machine, too', async (t) => {
  const { connect } = await agent(t, json({ db: [] }), join(folderWith(t), 'consul.sock'));
  const { value } = await (await connect()).services(0, signal);
  assert.deepEqual([...value.keys()], ['db']);
});

test('instances are read with what an old agent leaves out', async (t) => {
  const { asked, connect } = await agent(
    t,
    json([
      {
        Node: { Node: 'n1', Address: '192.0.2.1' },
        Service: {
          ID: 'db1',
          Service: 'db',
          Tags: ['t'],
          Address: '192.0.2.2',
          Port: 5432,
          CreateIndex: 3,
          Weights: { Passing: 4, Warning: 1 },
        },
        Checks: [{ CheckID: 'c', Status: 'passing', Output: 'x' }],
      },
      { Node: { Node: 'n2' }, Service: { ID: 'db2', Service: 'db', Tags: null }, Checks: null },
    ]),
  );
  const { value } = await (await connect()).instances('db', 0, signal);
  assert.deepEqual(value, [
    {
      node: 'n1',
      nodeAddress: '192.0.2.1',
      service: 'db',
      id: 'db1',
      kind: '',
      datacenter: '',
      namespace: '',
      isNative: false,
      proxied: '',
      tags: ['t'],
      address: '192.0.2.2',
      port: 5432,
      createIndex: 3,
      weights: { passing: 4, warning: 1 },
      checks: [{ id: 'c', status: 'passing' }],
    },
    {
      node: 'n2',
      nodeAddress: '',
      service: 'db',
      id: 'db2',
      kind: '',
      datacenter: '',
      namespace: '',
      isNative: false,
      proxied: '',
      tags: [],
      address: '',
      port: 0,
      createIndex: 0,
      weights: { passing: 1, warning: 1 },
      checks: [],
    },
  ]);
  assert.equal(asked[0]?.path, '/v1/health/service/db');
  assert.equal(asked[0].query.get('passing'), null, 'unhealthy ones must be seen to be shown');
});

test('who speaks for a service on Connect, its roots and our leaf are read', async (t) => {
  const speaker = {
    Node: { Node: 'n1', Datacenter: 'dc1' },
    Service: {
      ID: 'db-side',
      Service: 'db-sidecar-proxy',
      Kind: 'connect-proxy',
      Proxy: { DestinationServiceID: 'db1' },
    },
  };
  const speakers = await agent(t, json([speaker]));
  const { value } = await (await speakers.connect()).onConnect('db', 0, signal);
  assert.equal(speakers.asked[0]?.path, '/v1/health/connect/db');
  assert.deepEqual(
    value.map(({ kind, proxied, datacenter }) => [kind, proxied, datacenter]),
    [['connect-proxy', 'db1', 'dc1']],
  );
  const ca = await agent(t, json({ TrustDomain: 'x.consul', Roots: [{ RootCert: 'PEM' }] }));
  const roots = await (await ca.connect()).roots(0, signal);
  assert.equal(ca.asked[0]?.path, '/v1/agent/connect/ca/roots');
  assert.deepEqual(roots.value, { trustDomain: 'x.consul', roots: ['PEM'] });
  const mine = await agent(t, json({ CertPEM: 'C', PrivateKeyPEM: 'K', ServiceURI: 'spiffe://x' }));
  const leaf = await (await mine.connect()).leaf('sluice', 0, signal);
  assert.equal(mine.asked[0]?.path, '/v1/agent/connect/ca/leaf/sluice');
  assert.deepEqual(leaf.value, { chain: 'C', key: 'K', uri: 'spiffe://x' });
});

test('the options go with every query', async (t) => {
  const { asked, connect } = await agent(t, json({}));
  const api = await connect(
    {
      token: 'secret',
      datacenter: 'dc2',
      endpointWaitTime: 7_000,
      httpAuth: { username: 'u', password: 'p' },
    },
    { stale: true, cache: true },
    'team',
  );
  await api.services(5, signal);
  const [{ query, headers } = assert.fail()] = asked;
  assert.deepEqual(
    [query.get('dc'), query.get('index'), query.get('wait')],
    ['dc2', '5', '7000ms'],
  );
  for (const flag of ['stale', 'cached']) assert.ok(query.has(flag), flag);
  assert.equal(headers['x-consul-token'], 'secret');
  assert.equal(headers['x-consul-namespace'], 'team');
  assert.equal(headers.authorization, `Basic ${Buffer.from('u:p').toString('base64')}`);
});

test('consistent is stronger than stale', async (t) => {
  const { asked, connect } = await agent(t, json({}));
  await (await connect({}, { stale: true, requireConsistent: true })).services(0, signal);
  assert.deepEqual(
    ['stale', 'consistent'].map((flag) => asked[0]?.query.has(flag)),
    [false, true],
  );
});

test('an answer of a cluster without a leader is told as such', async (t) => {
  const headers = { 'X-Consul-Index': '1', 'X-Consul-KnownLeader': 'false' };
  const { connect } = await agent(t, json({}, headers));
  assert.equal((await (await connect()).services(0, signal)).hasLeader, false);
});

const REFUSAL = `Permission denied: token with AccessorID '${'0'.repeat(36)}' lacks permission 'service:read' on "db"`;

for (const [name, answer, says] of [
  ['is no JSON of an agent', json(['x']), /not the answer of a Consul agent/],
  ['has no index', json({}, {}), /no X-Consul-Index/],
  [
    'is a refusal',
    (response: ServerResponse) => response.writeHead(403).end(REFUSAL),
    /\/v1\/catalog\/services: 403 Permission denied: token/,
  ],
] as const) {
  test(`an answer that ${name} fails`, async (t) => {
    const { connect } = await agent(t, answer);
    const api = await connect();
    await assert.rejects(api.services(0, signal), says);
  });
}

test('a query that is stalled in the middle of its answer is abandoned, with its connection', async (t) => {
  let closed: Promise<unknown> | undefined;
  const { connect } = await agent(t, (response) => {
    closed = once(response, 'close');
    response.writeHead(200, { 'X-Consul-Index': '1' }).write('{');
  });
  const api = await connect({ endpointWaitTime: 1 });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const failed = assert.rejects(api.services(5, signal), /did not answer within/);
  while (closed === undefined) await new Promise((resolve) => setImmediate(resolve));
  // What the agent may take, and 5 s more.
  t.mock.timers.tick(5_100);
  await failed;
  await closed;
});

test('a query ends at once when it is given up', async (t) => {
  const life = new AbortController();
  const { connect } = await agent(t, () => life.abort());
  await assert.rejects((await connect()).services(5, life.signal), /given up/);
});
