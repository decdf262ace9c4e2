import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Agent } from '../e2e/support/consul.js';
import { PrivateEngine, routed } from '../e2e/support/engine.js';
import { ask, startSluice, type Finding, type Sluice } from '../e2e/support/sluice.js';
import { Client } from '../support/clients.js';
import { until } from '../support/eventually.js';
import { folderWith, write } from '../support/folder.js';
import { echo, startServer } from '../support/servers.js';

const PROVIDERS = ['docker', 'consulcatalog', 'file'] as const;

/** Every combination of what fails, each one source away from the one before. */
const COMBINATIONS: readonly (readonly (typeof PROVIDERS)[number][])[] = [
  ['docker'],
  ['docker', 'consulcatalog'],
  ['consulcatalog'],
  ['consulcatalog', 'file'],
  ['docker', 'consulcatalog', 'file'],
  ['docker', 'file'],
  ['file'],
  [],
];

interface Health {
  readonly providers: readonly { readonly name: string; readonly ageSeconds: number }[];
}

/**
 * How old what each source that fails said last is, in s, by provider. Files are read one by one:
 * a folder that cannot be read has a finding of its own, which says since when.
 */
async function lossesOf(sluice: Sluice, files: string): Promise<ReadonlyMap<string, number>> {
  const { providers } = await sluice.api<Health>('/api/health');
  const ages = new Map(providers.map(({ name, ageSeconds }) => [name, ageSeconds]));
  const losses = new Map<string, number>();
  for (const { code, object, since } of await sluice.api<Finding[]>('/api/diagnostics')) {
    const name = object?.name ?? '';
    if (code === 'provider-lost') losses.set(name, ages.get(name) ?? 0);
    if (code === 'unreadable' && name === files)
      losses.set('file', (Date.now() - Date.parse(since)) / 1000);
  }
  return losses;
}

test('whatever sources fail together: all routes stay, and each one that fails is shown with its age', async (t) => {
  const engine = await PrivateEngine.start(t);
  const agent = await Agent.start(t);
  const server = await startServer(t, echo);
  const files = join(folderWith(t), 'dynamic');
  write(
    join(files, 'route.yml'),
    `
tcp:
  routers: { file: { rule: "HostSNI(\`*\`)", entryPoints: [file], service: file } }
  services: { file: { loadBalancer: { servers: [{ address: "${server.address}" }] } } }
`,
  );
  const register = () =>
    agent.register({
      ID: 'c1',
      Name: 'c',
      Address: '127.0.0.1',
      Port: server.port,
      Tags: [
        'traefik.tcp.routers.c.rule=HostSNI(`*`)',
        'traefik.tcp.routers.c.entrypoints=consulcatalog',
      ],
    });
  await register();
  await engine.start(t, { command: 'cat', labels: routed('d', 'docker') });
  const sluice = await startSluice(t, PROVIDERS, [
    `--providers.docker.endpoint=${engine.host}`,
    `--providers.consulCatalog.endpoint.address=${agent.address}`,
    `--providers.file.directory=${files}`,
  ]);
  const isServed = async (name: string) => (await ask(sluice.port(name), 'hi')) === 'hi';
  for (const name of PROVIDERS) await until(`the route of ${name}`, () => isServed(name));
  const clients = PROVIDERS.map((name) => new Client(t, sluice.port(name)));

  const toggles: Readonly<Record<string, (fails: boolean) => unknown>> = {
    docker: (fails) => (fails ? engine.kill() : engine.resume()),
    async consulcatalog(fails) {
      if (fails) return agent.kill();
      await agent.resume();
      await register();
    },
    file: (fails) =>
      fails ? renameSync(files, `${files}.away`) : renameSync(`${files}.away`, files),
  };
  let failing: readonly string[] = [];
  for (const next of COMBINATIONS) {
    for (const name of PROVIDERS) {
      if (next.includes(name) !== failing.includes(name))
        await toggles[name]?.(next.includes(name));
    }
    failing = next;
    const what = failing.join(' and ') || 'nothing';
    await until(`it is said that ${what} fails`, async () => {
      const lost = await lossesOf(sluice, files);
      return isDeepStrictEqual([...lost.keys()].sort(), [...failing].sort());
    });
    const before = await lossesOf(sluice, files);
    for (const name of PROVIDERS) assert.ok(await isServed(name), `${name} while ${what} fails`);
    for (const client of clients) await client.send('still;').gets('still;');
    let now = before;
    await until('what fails grows older', async () => {
      now = await lossesOf(sluice, files);
      return failing.every((name) => (now.get(name) ?? 0) > (before.get(name) ?? 0));
    });
    const shown = [...now].map(([name, age]) => `${name} ${age.toFixed(1)} s old`).join(', ');
    t.diagnostic(
      `${what} fails: all ${PROVIDERS.length} routes are served; ${shown || 'none is old'}`,
    );
  }
  for (const client of clients) {
    client.finish();
    assert.equal(await client.ended, 'fin');
  }
});
