import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import { folderWith, write } from '../support/folder.js';
import { Agent } from './support/consul.js';
import { Engine, routed } from './support/engine.js';
import { callSluice, freePort } from './support/sluice.js';

const WRONG = `
tcp:
  routers:
    db: { rule: "HostSNI(\`db.test\`)", entryPoints: [pg], service: db, tls: {} }
    all:
      rul: "HostSNI(\`*\`)"
      service: db
  services:
    db: { loadBalancer: { servers: [{ address: "10.0.0.5:5432" }, { address: "10.0.0.6:5432" }] } }
`;

const RIGHT = WRONG.replace('rul:', 'entryPoints: [pg]\n      rule:');

function fileWith(t: test.TestContext, text: string): string {
  const path = join(folderWith(t), 'dynamic.yml');
  write(path, text);
  return path;
}

interface Checked {
  readonly routers: number;
  readonly lost: readonly { readonly provider: string }[];
  readonly diagnostics: readonly Diagnostic[];
}

async function checked(...args: readonly string[]) {
  const { code, stdout } = await callSluice(['check', '--json', ...args]);
  return { code, found: JSON.parse(stdout) as Checked };
}

test('a file is checked without a word about ports and providers', async (t) => {
  const wrong = fileWith(t, WRONG);
  const { code, found } = await checked(wrong);
  assert.equal(code, 2);
  const errors = found.diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(
    errors.map(({ code: kind, at, suggestions }) => [kind, at, suggestions]),
    [['unknown-key', { kind: 'file', path: wrong, line: 6, column: 7 }, ['rule']]],
  );
  const { stdout } = await callSluice(['check', wrong]);
  assert.match(stdout, /^ {2}6 \| {7}rul: .*\n {4}\| {7}\^\^\^$/m);
  assert.equal((await callSluice(['check', fileWith(t, RIGHT)])).code, 0);
  const ofNoKind = `${RIGHT.replace('tls: {}', 'tls: {}, middlewares: [m]')}  middlewares: { m: {} }\n`;
  assert.equal(
    (await callSluice(['check', fileWith(t, ofNoKind)])).code,
    2,
    'a router is disabled',
  );
  assert.equal((await callSluice(['check', `${wrong}.not`])).code, 2);
});

test('the whole configuration is checked as it would be served', async (t) => {
  const static_ = [
    '--entryPoints.other.address=:0',
    `--providers.file.filename=${fileWith(t, RIGHT)}`,
  ];
  const { code, found } = await checked(...static_);
  assert.equal(code, 2);
  assert.ok(found.diagnostics.some(({ value }) => value === 'pg'));
  const fine = await checked('--entryPoints.pg.address=:0', static_[1] ?? '');
  assert.equal(fine.code, 0);
  assert.equal((await callSluice(['check', '--log.levle=INFO'])).code, 2);
  assert.equal((await callSluice(['check', '--docker'], { DOCKER_HOST: 'nope://x' })).code, 2);
  assert.equal((await callSluice(['--providers.docker.endpoint=nope://x'])).code, 2);
});

test('containers of an engine and services of an agent are checked', async (t) => {
  const engine = new Engine();
  const name = await engine.start(t, {
    labels: {
      ...routed('checked', 'pg'),
      'traefik.tcp.services.checked.loadbalancer.servr.port': '1',
    },
  });
  const docker = await checked('--entryPoints.pg.address=:0', '--docker');
  assert.equal(docker.code, 2);
  assert.deepEqual(
    docker.found.diagnostics.flatMap(({ at, code }) =>
      at.kind === 'label' && at.container === name ? [code] : [],
    ),
    ['unknown-key', 'broken-reference'],
  );
  const explained = await callSluice(['explain', name, '--docker', '--json']);
  assert.equal(explained.code, 0);
  const story = JSON.parse(explained.stdout) as {
    readonly found: readonly { readonly name: string; readonly steps: readonly object[] }[];
    readonly routers: readonly { readonly name: string }[];
    readonly diagnostics: readonly Diagnostic[];
  };
  assert.deepEqual(
    story.found.map((one) => one.name),
    [name],
  );
  assert.deepEqual(
    story.routers.map((one) => one.name),
    ['checked@docker'],
  );
  assert.ok(story.diagnostics.some(({ code }) => code === 'unknown-key'));
  const missed = await callSluice(['explain', 'chekced', '--docker']);
  assert.equal(missed.code, 1);
  assert.match(missed.stdout, /did you mean checked\?/);
  const agent = await Agent.start(t);
  await agent.register({
    ID: 'a1',
    Name: 'a',
    Port: 1,
    Tags: ['traefik.tcp.routers.a.rule=Host(`x`)'],
  });
  const consul = await checked(
    `--providers.consulCatalog.endpoint.address=${agent.address}`,
    '--consul',
  );
  assert.equal(consul.code, 2);
  assert.ok(
    consul.found.diagnostics.some(({ at, code }) => at.kind === 'tag' && code === 'bad-rule'),
  );
  const address = `--providers.consulCatalog.endpoint.address=${agent.address}`;
  const instance = await callSluice(['explain', 'a1', address]);
  assert.equal(instance.code, 0);
  assert.match(
    instance.stdout,
    /^instance a1$[^]*^router a@consulcatalog: disabled$[^]*127\.0\.0\.1:1 /m,
  );
});

test('a source that does not answer is said, and is not taken for an empty one', async () => {
  const { code, found } = await checked(
    `--providers.consulCatalog.endpoint.address=127.0.0.1:${await freePort()}`,
  );
  assert.equal(code, 1);
  assert.deepEqual(
    found.lost.map(({ provider }) => provider),
    ['consulcatalog'],
  );
});

test('it is said who would take a connection, and why others would not', async (t) => {
  const file = fileWith(t, RIGHT);
  const route = async (...args: readonly string[]) => {
    const { code, stdout } = await callSluice(['route', ...args, file]);
    return { code, lines: stdout.trim().split('\n') };
  };
  const tls = await route('--entryPoint=pg', '--sni=DB.test');
  assert.equal(tls.code, 0);
  assert.match(tls.lines[0] ?? '', /^db@file: TAKES IT/);
  assert.match(tls.lines[1] ?? '', /^all@file: passed over/);
  assert.deepEqual(
    tls.lines.slice(-2).map((line) => /10\.0\.0\.\d:5432/.exec(line)?.[0]),
    ['10.0.0.5:5432', '10.0.0.6:5432'],
  );
  assert.match((await route('--entryPoint', 'pg')).lines[0] ?? '', /^all@file: TAKES IT/);
  assert.equal((await route('--entryPoint=pg', '--sni=other.test')).code, 1);
  assert.equal((await route('--entryPoint=nowhere')).code, 2);
  assert.equal((await callSluice(['route', file])).code, 2);
});
