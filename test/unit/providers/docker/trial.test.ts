import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import test from 'node:test';
import { EngineError } from '../../../../providers/docker/api.js';
import { tryDocker } from '../../../../providers/docker/trial.js';
import type { Trial } from '../../../../src/config/trial.js';
import { dockerConfig } from '../../../support/docker.js';
import { FakeEngine } from '../../../support/fake-engine.js';
import { folderWith } from '../../../support/folder.js';

async function trials(
  connect: Parameters<typeof tryDocker>[2],
  endpoint = 'tcp://engine:1',
): Promise<readonly Trial[]> {
  const found: Trial[] = [];
  const { signal } = new AbortController();
  for await (const trial of tryDocker(dockerConfig({ endpoint }), signal, connect)) {
    found.push(trial);
  }
  return found;
}

const coded = (code: string) => Object.assign(new Error(code), { code });

test('a container that is there is asked about, or else one that nobody has', async () => {
  const engine = new FakeEngine({ name: 'web' });
  assert.ok((await trials(async () => engine.api)).every(({ ok }) => ok));
  assert.deepEqual(engine.asked, ['list', 'inspect web', 'events']);
  const empty = new FakeEngine();
  assert.ok((await trials(async () => empty.api)).every(({ ok }) => ok));
  assert.equal(empty.asked[1], 'inspect sluice-preflight');
});

test('what is refused is named, and the rest is tried all the same', async () => {
  const engine = new FakeEngine({ name: 'web' });
  const refuse = async () => {
    throw new EngineError('GET /events: no', 403);
  };
  const found = await trials(async () => ({ ...engine.api, list: refuse, events: refuse }));
  assert.deepEqual(
    found.map(({ ok, fix = '' }) => [ok, /[A-Z]+=1/.exec(fix)?.[0]]),
    [
      [true, undefined],
      [false, 'CONTAINERS=1'],
      [true, undefined],
      [false, 'EVENTS=1'],
    ],
  );
});

test('a socket that is not ours: its group is named', async (t) => {
  const folder = folderWith(t);
  const group = statSync(folder).gid;
  const advised = Object.assign(new Error('denied: and advice', { cause: coded('EACCES') }), {
    code: 'EACCES',
  });
  const [trial] = await trials(async () => Promise.reject(advised), `unix://${folder}`);
  assert.equal(trial?.detail, 'EACCES');
  assert.match(trial?.fix ?? '', new RegExp(`group ${group}\\b`));
});

const FIXES: readonly (readonly [error: Error, fix: RegExp])[] = [
  [coded('ECONNREFUSED'), /nobody listens/],
  [coded('ENOENT'), /no such socket/],
  [Object.assign(coded('ENOENT'), { syscall: 'open' }), /the file/],
  [coded('SELF_SIGNED_CERT_IN_CHAIN'), /tls\.ca/],
  [coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), /tls\.cert/],
  [new AggregateError([coded('ECONNREFUSED')]), /nobody listens/],
  [new EngineError('Client sent an HTTP request to an HTTPS server.', 400), /https:\/\//],
  [new EngineError('no', 401), /password/],
];

for (const [error, fix] of FIXES) {
  test(`what helps against ${error.message || error.name} is said: ${fix.source}`, async () => {
    const [trial] = await trials(async () => Promise.reject(error));
    assert.match(trial?.fix ?? '', fix);
  });
}
