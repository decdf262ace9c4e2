import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { madeUpContainers } from '../../providers/docker/compose/containers.js';
import { readProject } from '../../providers/docker/compose/project.js';
import { readContainer, type Container } from '../../providers/docker/inspected.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import { folderWith } from '../support/folder.js';
import { Engine } from './support/engine.js';
import { callSluice } from './support/sluice.js';

const exec = promisify(execFile);

/** With the image of the tests, so that the engine can make the containers. */
const RICH = `
version: "2.4"
x-labels: &labels
  traefik.enable: "true"
  traefik.tcp.routers.a.rule: HostSNIRegexp(\`^\${HOST:-a}.test$$\`)
services:
  base: { image: "sluice-test:1", command: sh, labels: { x: base, y: base }, expose: [1] }
  a:
    extends: { service: base }
    labels: { <<: *labels, y: "\${FROM_ENV_FILE}", n: 1, b: "no", e: "" }
    networks: [front]
  b:
    image: sluice-test:1
    command: sh
    container_name: sluice-compose-test-named
    networks: { fixed: }
    labels: ["x=\${UNSET-}", "y=a=b", z]
  c: { image: "sluice-test:1", command: sh, network_mode: host }
  d: { image: "sluice-test:1", command: sh, network_mode: none }
  e: { image: "sluice-test:1", command: sh, network_mode: bridge }
networks:
  front:
  fixed: { name: sluice-compose-test-fixed }
`;

const isOf = (name: string) => name === 'x' || name.length === 1 || name.startsWith('traefik.');

const facts = (container: Container) => ({
  name: container.name,
  networkMode: container.networkMode,
  networks: [...container.networks.keys()]
    .filter((name) => !['host', 'none'].includes(name))
    .sort(),
  labels: [...container.labels].filter(([key]) => isOf(key)).sort(),
});

/** What Compose makes of it, in an engine. */
async function created(folder: string): Promise<readonly Container[]> {
  const env = { ...process.env, COMPOSE_PROJECT_NAME: 'sluicecompose' };
  const compose = (...args: readonly string[]) =>
    exec('docker-compose', ['-f', join(folder, 'compose.yml'), ...args], { env, cwd: folder });
  try {
    await compose('up', '--no-start');
    const filter = 'label=com.docker.compose.project=sluicecompose';
    const engine = new Engine();
    const ids = (await engine.docker('ps', '-aq', '--filter', filter)).split('\n');
    const inspected: unknown = JSON.parse(await engine.docker('inspect', ...ids));
    return (Array.isArray(inspected) ? inspected : []).flatMap((one) => readContainer(one) ?? []);
  } finally {
    await compose('down', '--timeout', '0', '--remove-orphans');
  }
}

test('containers are made up as Compose makes them', async (t) => {
  const folder = folderWith(t, { 'compose.yml': RICH, '.env': 'FROM_ENV_FILE=f\n' });
  const project = readProject({
    paths: [join(folder, 'compose.yml')],
    profiles: [],
    env: { COMPOSE_PROJECT_NAME: 'sluicecompose' },
    readFile: (path) => (path.endsWith('.env') ? 'FROM_ENV_FILE=f\n' : RICH),
  });
  // This version of Compose is an old one, which joins the name otherwise.
  const theirs = (await created(folder)).map(facts).map((one) => ({
    ...one,
    name: one.name.replace(/^(sluicecompose)_(.*)_1$/, '$1-$2-1'),
  }));
  const ours = [...madeUpContainers(project).containers.values()].map(facts);
  const byName = (a: { readonly name: string }, b: { readonly name: string }) =>
    a.name < b.name ? -1 : 1;
  assert.deepEqual(ours.sort(byName), theirs.sort(byName));
});

test('the stack of this repository is right, and a slip in it is shown at its line', async (t) => {
  const right = await callSluice(['check', '--json', '--compose', 'docker-compose.yml']);
  const checked = JSON.parse(right.stdout) as { readonly diagnostics: readonly Diagnostic[] };
  assert.deepEqual([right.code, checked.diagnostics], [0, []]);

  const folder = folderWith(t, {
    'compose.yaml': `
services:
  proxy:
    image: sluice:latest
    command: ["--entryPoints.pg.address=:5432", "--providers.docker", "--log.levle=INFO"]
  db:
    image: postgres:17
    labels:
      traefik.tcp.routers.pg.rule: HostSNI(\`*\`) && Bogus(\`x\`)
      traefik.tcp.routers.pg.entryPoints: pgg
`,
  });
  const wrong = await callSluice(['check', '--compose', folder]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stdout, /^error\[unknown-key\] .*compose\.yaml:5:71\)$/m);
  assert.match(wrong.stdout, /^ {2}9 \| .*Bogus.*\n {4}\| {52}\^+$/m);
});

test('a stack is served as its own Sluice says, with the files that it sees', async (t) => {
  const folder = folderWith(t, {
    'compose.yaml': `
services:
  proxy:
    image: traefik:v3
    command: ["--configFile=/etc/sluice/static.yml"]
    volumes: ["./conf:/etc/sluice"]
  db:
    image: postgres:17
    labels:
      traefik.tcp.routers.pg.rule: HostSNI(\`*\`)
      traefik.tcp.routers.pg.entrypoints: pg
      traefik.tcp.routers.pg.middlewares: known@file
      traefik.tcp.services.pg.loadbalancer.server.port: 5432
`,
    'conf/static.yml': `
entryPoints: { pg: { address: ":5432" }, other: { address: ":1" } }
providers: { docker: {}, file: { filename: /etc/sluice/dynamic.yml } }
`,
    'conf/dynamic.yml':
      'tcp: { middlewares: { known: { ipAllowList: { sourceRange: [127.0.0.1/32] } } } }',
  });
  const check = await callSluice(['check', '--json', '--compose', folder]);
  const { diagnostics } = JSON.parse(check.stdout) as { readonly diagnostics: readonly unknown[] };
  assert.deepEqual([check.code, diagnostics], [0, []]);
  const route = await callSluice(['route', '--entryPoint=pg', '--compose', folder]);
  assert.equal(route.code, 0);
  assert.match(route.stdout, /db:5432/);
});
