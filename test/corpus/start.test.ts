import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { callSluice, startSluice, type Finding, type Sluice } from '../e2e/support/sluice.js';
import { call } from '../e2e/support/programs.js';
import { eventually } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { refusingPort } from '../support/refusing.js';
import { echo, startServer } from '../support/servers.js';

/** What only the program that starts can find out: its own process, its log, its API. */

const MAIN = join(import.meta.dirname, '../../src/main.js');

async function answering(t: TestContext, answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** One line, with all of these words. */
function assertLine(text: string, words: readonly string[]): void {
  assert.match(text, /^sluice: [^\n]+\n$/);
  for (const word of words) assert.ok(text.includes(word), `${word} in ${text}`);
}

test('start: a port that somebody has', async (t) => {
  const { port } = await startServer(t, echo);
  const { code, stderr } = await callSluice([`--entryPoints.pg.address=127.0.0.1:${port}`]);
  assert.equal(code, 1);
  assertLine(stderr, ['pg', `127.0.0.1:${port}`, 'in-use', 'ss -ltnp']);
});

test('start: an address of another machine', async () => {
  const { code, stderr } = await callSluice(['--entryPoints.pg.address=192.0.2.1:5432']);
  assert.equal(code, 1);
  assertLine(stderr, ['pg', '192.0.2.1:5432', 'no-such-address', 'an address of this machine']);
});

for (const option of ['log.filePath', 'accessLog.filePath']) {
  test(`start: ${option} where there can be no file`, async (t) => {
    const path = join(folderWith(t, { file: '' }), 'file', 'x.log');
    const { code, stderr } = await callSluice([
      '--entryPoints.pg.address=127.0.0.1:0',
      `--${option}=${path}`,
    ]);
    assert.equal(code, 1);
    assertLine(stderr, [option, path, 'name a file']);
  });
}

test('check: an option whose value is a word of its own is no file', async (t) => {
  const folder = folderWith(t, { 'a.yml': 'tcp: {}\n' });
  const port = '--entryPoints.pg.address=:5432';
  for (const words of [
    ['--log.level', 'DEBUG', port],
    [port, '--log.level', 'DEBUG', '--providers.file.directory', folder],
  ]) {
    const { code, stdout, stderr } = await callSluice(['check', ...words]);
    assert.deepEqual([code, stderr], [0, ''], stdout);
  }
  const bad = await callSluice(['check', '--log.level', 'LOUD']);
  assert.equal(bad.code, 2);
  assert.match(bad.stdout + bad.stderr, /LOUD.*trace, debug/);
});

/** The finding and the line about one source that is lost. */
interface Lost {
  readonly of: string;
  /** The provider, and the flags that make it. */
  readonly source: (t: TestContext) => Promise<readonly [string, ...(readonly string[])]>;
  readonly says: readonly string[];
  readonly advice: readonly string[];
}

const engine = (name: string, endpoint: string) =>
  [`docker-${name}`, `--providers.docker.hosts.${name}.endpoint=${endpoint}`] as const;

const consul = async (
  t: TestContext,
  status: number,
  text: string,
  ...flags: readonly string[]
) => {
  const port = await answering(t, (_, answer) => answer.writeHead(status).end(text));
  const address = `--providers.consulCatalog.endpoint.address=127.0.0.1:${port}`;
  return ['consulcatalog', address, ...flags] as const;
};

const TOKEN = '--providers.consulCatalog.endpoint.token=secret-token';

const engines: readonly Lost[] = [
  {
    of: 'an engine without a socket',
    source: () => Promise.resolve(engine('nosocket', 'unix:///no/such.sock')),
    says: ['ENOENT', '/no/such.sock'],
    advice: ['mount its socket'],
  },
  {
    of: 'an engine that refuses',
    source: async () => engine('refused', `tcp://127.0.0.1:${await refusingPort()}`),
    says: ['ECONNREFUSED'],
    advice: ['nobody listens there'],
  },
  {
    of: 'an engine at a name that nobody knows',
    source: () => Promise.resolve(engine('noname', 'tcp://nobody.invalid:2375')),
    says: ['ENOTFOUND', 'nobody.invalid'],
    advice: ['spelling'],
  },
  {
    of: 'a socket proxy that forbids',
    source: async (t) => {
      const port = await answering(t, ({ url }, answer) => {
        answer.writeHead(url === '/version' ? 403 : 200).end('{}');
      });
      return engine('forbidden', `tcp://127.0.0.1:${port}`);
    },
    says: ['GET /version is forbidden'],
    advice: ['socket proxy', 'VERSION=1'],
  },
  {
    of: 'an engine that speaks no TLS',
    source: async (t) => engine('clear', `https://127.0.0.1:${await answering(t, () => {})}`),
    says: ['EPROTO'],
    advice: ['the scheme and the port'],
  },
];

const agents: readonly Lost[] = [
  {
    of: 'an agent that refuses',
    source: async () => [
      'consulcatalog',
      `--providers.consulCatalog.endpoint.address=127.0.0.1:${await refusingPort()}`,
    ],
    says: ['ECONNREFUSED'],
    advice: ['nobody listens there'],
  },
  {
    of: 'a token that the agent does not know',
    source: (t) => consul(t, 403, 'rpc error: ACL not found', TOKEN),
    says: ['403 rpc error: ACL not found'],
    advice: ['does not know this token'],
  },
  {
    of: 'a token that may not read',
    source: (t) => consul(t, 403, 'Permission denied', TOKEN),
    says: ['403 Permission denied'],
    advice: ['give the token a policy', 'service_prefix'],
  },
  {
    of: 'no token where one is wanted',
    source: (t) => consul(t, 403, 'Permission denied'),
    says: ['403 Permission denied'],
    advice: ['endpoint.token'],
  },
  {
    of: 'something that is no agent',
    source: (t) => consul(t, 200, '<html>'),
    says: ['not the answer of a Consul agent'],
    advice: ['8500'],
  },
];

/** What is right beside it. */
async function besides(t: TestContext): Promise<string> {
  const { port } = await startServer(t, echo);
  const folder = folderWith(t, {
    'a.yml': `tcp:
  routers: { beside: { rule: "HostSNI(\`*\`)", entryPoints: [pg], service: beside } }
  services: { beside: { loadBalancer: { servers: [{ address: "127.0.0.1:${port}" }] } } }
`,
  });
  return `--providers.file.directory=${folder}`;
}

/** `right`: what is right beside it. */
async function assertLost(
  t: TestContext,
  cases: readonly Lost[],
  right?: (sluice: Sluice) => Promise<unknown>,
): Promise<void> {
  const sources = await Promise.all(cases.map(({ source }) => source(t)));
  const flags = sources.flatMap(([, ...each]) => each);
  const sluice = await startSluice(t, ['pg'], [await besides(t), ...flags], { logLevel: 'info' });
  const findings = await eventually('all are said', async () => {
    const all = await sluice.api<Finding[]>('/api/diagnostics');
    return all.length >= cases.length ? all : undefined;
  });
  const lines = sluice
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, string>>);
  for (const [place, { of, says, advice }] of cases.entries()) {
    const name = sources[place]?.[0];
    const ofIt = findings.filter(({ object }) => object?.name === name);
    assert.deepEqual(
      ofIt.map(({ code }) => code),
      ['provider-lost'],
      of,
    );
    const [{ value = '', fix = '', at, since } = assert.fail(of)] = ofIt;
    for (const word of says) assert.ok(value.includes(word), `${of}: ${word} in ${value}`);
    for (const word of advice) assert.ok(fix.includes(word), `${of}: ${word} in ${fix}`);
    assert.equal(at['kind'], 'endpoint', of);
    assert.ok(!Number.isNaN(Date.parse(since)), of);
    // Once, with the same advice; the secret in none of them.
    const said = lines.filter((line) => line['provider'] === name);
    assert.deepEqual(
      said.map((line) => [line['level'], line['code'], line['fix'], line['err']]),
      [['warn', 'provider-lost', fix, value]],
      of,
    );
  }
  assert.ok(!sluice.output().includes('secret-token'));
  await right?.(sluice);
  await sluice.stop();
}

const routes = (sluice: Sluice) =>
  eventually('what is right beside it works', async () => {
    const routers = await sluice.api<{ name: string; status: string }[]>('/api/tcp/routers');
    return routers.some(({ name, status }) => name === 'beside@file' && status === 'enabled')
      ? true
      : undefined;
  });

test(`start: ${engines.map(({ of }) => of).join('; ')}`, (t) => assertLost(t, engines, routes));

for (const one of agents) test(`start: ${one.of}`, (t) => assertLost(t, [one]));

test('start: an agent that shows nothing to whoever has no token', async (t) => {
  const port = await answering(t, ({ url = '' }, answer) => {
    answer.setHeader('Content-Type', 'application/json');
    answer.setHeader('X-Consul-Index', '7').setHeader('X-Consul-KnownLeader', 'true');
    // A query from the index on waits for a change.
    if (url.includes('index=0')) answer.end('{}');
  });
  const address = `--providers.consulCatalog.endpoint.address=127.0.0.1:${port}`;
  const sluice = await startSluice(t, ['pg'], [await besides(t), address], { logLevel: 'info' });
  const finding = await eventually('it is said', async () =>
    (await sluice.api<Finding[]>('/api/diagnostics')).at(0),
  );
  assert.deepEqual([finding.code, finding.severity], ['provider-blind', 'warning']);
  assert.match(finding.fix ?? '', /endpoint\.token.*service_prefix/);
  assert.equal(finding.at['url'], `127.0.0.1:${port}`);
});

test('start: a folder of the file provider that is not there', async (t) => {
  const sluice = await startSluice(t, ['pg'], ['--providers.file.directory=/no/such'], {
    logLevel: 'info',
  });
  const [finding, ...others] = await eventually('it is said', async () => {
    const found = await sluice.api<Finding[]>('/api/diagnostics');
    return found.length > 0 ? found : undefined;
  });
  assert.deepEqual(others, []);
  assert.deepEqual([finding?.code, finding?.at['path']], ['unreadable', '/no/such']);
  assert.match(finding?.fix ?? '', /correct the path/);
});

const WITHOUT_OVERRIDE = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--'];

test('start: a folder of the file provider that this user may not read', async (t) => {
  const folder = folderWith(t, { 'in/a.yml': 'tcp: {}\n' });
  chmodSync(join(folder, 'in'), 0);
  const asked = ['check', '--json', `--providers.file.directory=${join(folder, 'in')}`];
  const program = [process.execPath, MAIN, ...asked];
  // Root reads all, but for one without the right to. Another user may not be able to read this checkout.
  const isRoot = process.getuid?.() === 0;
  const [command = '', ...args] = isRoot ? [...WITHOUT_OVERRIDE, ...program] : program;
  const { output } = await call(command, args);
  const { diagnostics } = JSON.parse(output) as { readonly diagnostics: readonly Finding[] };
  assert.deepEqual(
    diagnostics.map(({ code, at }) => [code, at['path']]),
    [['unreadable', join(folder, 'in')]],
  );
  assert.match(diagnostics[0]?.fix ?? '', /user that Sluice runs as/);
});
