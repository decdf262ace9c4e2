import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { eventually } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { responseMessage, trustDomain } from '../support/svids.js';
import { startAgent } from '../support/workload-api.js';
import { Agent } from './support/consul.js';
import { callSluice, freePort, startSluice, type Finding } from './support/sluice.js';
import { socketProxy } from './support/socket-proxy.js';

interface Tried {
  readonly where: string;
  readonly need: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix?: string;
}

async function preflight(...flags: readonly string[]) {
  const { code, stdout } = await callSluice(['preflight', '--json', ...flags]);
  return { code, trials: JSON.parse(stdout) as readonly Tried[] };
}

const missing = (trials: readonly Tried[]) =>
  trials.filter(({ ok }) => !ok).map(({ need }) => need);

const fixes = (trials: readonly Tried[]) => trials.map(({ fix = '' }) => fix).join('\n');

test('an engine answers all that discovery asks', async () => {
  const { code, trials } = await preflight('--docker');
  assert.equal(code, 0);
  assert.deepEqual(
    trials.map(({ need, ok }) => [need, ok]),
    [
      ['GET /version', true],
      ['GET /containers/json', true],
      ['GET /containers/{id}/json', true],
      ['GET /events', true],
    ],
  );
});

const REFUSALS: readonly (readonly [forbidden: RegExp, ...missing: readonly string[]])[] = [
  [/\/events/, 'GET /events'],
  [/\/containers\/json/, 'GET /containers/json'],
  [/\/containers\/[^/]+\/json/, 'GET /containers/{id}/json'],
  [/\/containers/, 'GET /containers/json', 'GET /containers/{id}/json'],
  [/\/version/, 'GET /version'],
];

for (const [forbidden, ...names] of REFUSALS) {
  test(`a socket proxy forbids ${names.join(' and ')}: that is named`, async (t) => {
    const endpoint = await socketProxy(t, forbidden);
    const { code, trials } = await preflight(`--providers.docker.endpoint=${endpoint}`, '--docker');
    assert.equal(code, 1);
    assert.deepEqual(missing(trials), names);
    for (const name of names) assert.ok(fixes(trials).includes(`allow ${name}`), fixes(trials));
  });
}

test('an agent with access control: the missing policy is named', async (t) => {
  const folder = folderWith(t, { 'acl.hcl': 'acl { enabled = true, default_policy = "deny" }' });
  const agent = await Agent.start(t, undefined, [`-config-file=${join(folder, 'acl.hcl')}`]);
  const management = await agent.bootstrap();
  const services = 'service_prefix "" { policy = "read" }';
  const nodes = 'node_prefix "" { policy = "read" }';
  const half = await agent.token(management, 'services', services);
  const whole = await agent.token(management, 'both', `${services}\n${nodes}`);
  const endpoint = '--providers.consulCatalog.endpoint';
  const tried = async (token: string) =>
    preflight(`${endpoint}.address=${agent.address}`, `${endpoint}.token=${token}`, '--consul');

  const enough = await tried(whole);
  assert.deepEqual([enough.code, missing(enough.trials)], [0, []]);

  const none = await preflight(`${endpoint}.address=${agent.address}`, '--consul');
  assert.deepEqual([none.code, missing(none.trials)], [1, ['GET /v1/catalog/services']]);
  assert.match(fixes(none.trials), /endpoint\.token/);

  const blind = await tried(half);
  assert.deepEqual([blind.code, missing(blind.trials)], [1, ['GET /v1/health/service/{name}']]);
  assert.match(fixes(blind.trials), /node_prefix/);

  const wrong = await tried('00000000-1111-2222-3333-444444444444');
  assert.deepEqual([wrong.code, missing(wrong.trials)], [1, ['GET /v1/catalog/services']]);
  assert.match(fixes(wrong.trials), /does not know this token/);

  const aware = (token: string) =>
    preflight(
      `${endpoint}.address=${agent.address}`,
      `${endpoint}.token=${token}`,
      '--providers.consulCatalog.connectAware',
      '--consul',
    );
  const writes = `${services}\n${nodes}\nservice "traefik" { policy = "write" }`;
  const anonymous = await aware(whole);
  assert.deepEqual(
    [anonymous.code, missing(anonymous.trials)],
    [1, ['GET /v1/agent/connect/ca/leaf/{service}']],
  );
  assert.match(fixes(anonymous.trials), /serviceName/);
  const named = await aware(await agent.token(management, 'writes', writes));
  assert.deepEqual([named.code, missing(named.trials)], [0, []]);

  // What runs says the same.
  const finding = async (...flags: readonly string[]) => {
    const address = `${endpoint}.address=${agent.address}`;
    const sluice = await startSluice(t, [], [address, ...flags]);
    const found = await eventually('it is said', async () =>
      (await sluice.api<Finding[]>('/api/diagnostics')).at(0),
    );
    await sluice.stop();
    return [found.code, /endpoint\.token|does not know/.exec(found.fix ?? '')?.[0]];
  };
  assert.deepEqual(await finding(), ['provider-blind', 'endpoint.token']);
  const unknown = `${endpoint}.token=00000000-1111-2222-3333-444444444444`;
  assert.deepEqual(await finding(unknown), ['provider-lost', 'does not know']);
});

test('who we are by SPIFFE is asked once', async (t) => {
  const path = join(folderWith(t), 'agent.sock');
  const sent = trustDomain('example.org').svid('/proxy');
  const flag = `--spiffe.workloadAPIAddr=unix://${path}`;
  const identity = async () =>
    (await preflight(flag)).trials.find(({ where }) => where.startsWith('spiffe'));
  const nobody = await identity();
  assert.deepEqual([nobody?.ok, /socket/.test(nobody?.fix ?? '')], [false, true]);
  await startAgent(t, { kind: 'serve', message: responseMessage([sent]) }, { path });
  const served = await identity();
  assert.deepEqual([served?.ok, served?.detail], [true, 'spiffe://example.org/proxy']);
});

test('sources that do not answer, files that cannot be read and ports that are taken are named', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const address = taken.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { code, trials } = await preflight(
    `--entryPoints.taken.address=127.0.0.1:${address.port}`,
    '--entryPoints.free.address=127.0.0.1:0',
    '--entryPoints.far.address=192.0.2.1:1',
    '--providers.docker.endpoint=unix:///no/such.sock',
    `--providers.consulCatalog.endpoint.address=127.0.0.1:${await freePort()}`,
    '--providers.file.filename=/no/such.yml',
    '--accessLog.filePath=/no/such/log',
  );
  assert.equal(code, 1);
  assert.deepEqual(
    trials.map(({ where, ok }) => `${ok} ${where.replace(/ [/u1].*$/, '')}`),
    [
      'false docker',
      'false consul',
      'false files',
      'false log',
      'false entry point far',
      'true entry point free',
      'false entry point taken',
    ],
  );
  for (const { ok, fix } of trials) assert.equal(fix === undefined, ok);
});

test('a bad configuration is said before anything is tried', async () => {
  assert.equal((await callSluice(['preflight', '--log.levle=INFO'])).code, 2);
  assert.equal((await callSluice(['preflight', 'file.yml'])).code, 2);
});
