import assert from 'node:assert/strict';
import test from 'node:test';
import { eventually, timed } from '../support/eventually.js';
import { folderWith, write } from '../support/folder.js';
import { Engine, PrivateEngine, routed } from './support/engine.js';
import { ask, callSluice, startSluice, type Finding } from './support/sluice.js';

const engine = new Engine();

const answers = (port: number, says: string) => async () =>
  (await ask(port)).trim() === says ? true : undefined;

/** One service that another provider's router may name as well. */
const VIA = `
tcp:
  routers:
    via: { rule: "HostSNI(\`*\`)", entryPoints: [via], service: one@docker-other }
`;

interface Health {
  readonly ready: boolean;
  readonly providers: readonly {
    readonly name: string;
    readonly ageSeconds: number;
    readonly error?: string;
  }[];
}

test('two engines in one process: one is lost, and the other goes on (users #53)', async (t) => {
  const other = await PrivateEngine.start(t);
  const stack = 'hosts';
  const folder = folderWith(t);
  write(`${folder}/via.yml`, VIA);
  const hosts = '--providers.docker.hosts';
  const sources = [
    `${hosts}.here.endpoint=${engine.host}`,
    `${hosts}.here.constraints=Label(\`stack\`, \`${stack}\`)`,
    `${hosts}.other.endpoint=${other.host}`,
  ];
  const sluice = await startSluice(
    t,
    ['a', 'b', 'via'],
    [...sources, '--metrics.prometheus', `--providers.file.filename=${folder}/via.yml`],
  );
  // Both call their router and service `one`.
  const labels = (entryPoint: string) => ({ ...routed('one', entryPoint), stack });
  const first = await engine.start(t, { says: 'here', labels: labels('a') });
  await other.start(t, { says: 'other', labels: labels('b') });
  await timed('the container of this engine', answers(sluice.port('a'), 'here'));
  await timed('the container of the other engine', answers(sluice.port('b'), 'other'));
  await timed('a reference across', answers(sluice.port('via'), 'other'));
  const routers = await sluice.api<{ name: string }[]>('/api/tcp/routers');
  assert.deepEqual(routers.map(({ name }) => name).sort(), [
    'one@docker-here',
    'one@docker-other',
    'via@file',
  ]);

  const entryPoints = ['a', 'b'].map((name) => `--entryPoints.${name}.address=:0`);
  const checked = await callSluice(['check', '--docker', '--json', ...entryPoints, ...sources]);
  assert.equal(checked.code, 0, checked.stdout);
  assert.equal((JSON.parse(checked.stdout) as { readonly routers: number }).routers, 2);

  await other.kill();
  const losses = async () =>
    (await sluice.api<(Finding & { provider: string })[]>('/api/diagnostics')).filter(
      ({ code }) => code === 'provider-lost',
    );
  await timed('the loss is visible', async () => ((await losses()).length > 0 ? true : undefined));
  assert.deepEqual(
    (await losses()).map(({ provider, at }) => [provider, at]),
    [['docker-other', { kind: 'endpoint', url: other.host }]],
  );
  await engine.remove(first);
  await timed('this engine is followed', answers(sluice.port('a'), ''));
  assert.equal((await ask(sluice.port('b'))).trim(), 'other', 'what was known stays');
  assert.equal((await ask(sluice.port('via'))).trim(), 'other');
  const { providers, ready } = await sluice.api<Health>('/api/health');
  assert.equal(ready, true);
  assert.deepEqual(providers.map(({ name, error }) => [name, error !== undefined]).sort(), [
    ['docker-here', false],
    ['docker-other', true],
    ['file', false],
  ]);
  const metrics = await fetch(`http://127.0.0.1:${sluice.port('traefik')}/metrics`);
  const text = await metrics.text();
  assert.match(text, /^sluice_provider_up\{provider="docker-here"\} 1$/m);
  assert.match(text, /^sluice_provider_up\{provider="docker-other"\} 0$/m);
  const half = await callSluice(['check', '--docker', '--json', ...entryPoints, ...sources]);
  assert.equal(half.code, 1);

  await other.resume();
  await eventually('the other engine is back', async () =>
    (await losses()).length === 0 ? true : undefined,
  );
});
