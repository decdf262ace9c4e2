import assert from 'node:assert/strict';
import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { issueCa, type Issued } from '../support/certificates.js';
import { eventually, until } from '../support/eventually.js';
import { folderWith, write } from '../support/folder.js';
import { echo, startServer } from '../support/servers.js';
import { certified } from '../support/terminations.js';
import { TlsClient } from '../support/tls-clients.js';
import { startSluice, type Finding, type Sluice } from './support/sluice.js';

/** A router `a` for `a.test` that ends TLS, with these lines below `tls:`. */
const yaml = (address: string, tls = '') => `
tcp:
  routers:
    a: {rule: "HostSNI(\`a.test\`)", service: a, tls: {}}
  services:
    a: {loadBalancer: {servers: [{address: "${address}"}]}}
${tls === '' ? '' : `tls:\n${tls}`}`;

const listed = (folder: string) =>
  `  certificates: [{certFile: "${folder}/a.crt", keyFile: "${folder}/a.key"}]\n`;

function writePair(folder: string, { chain }: Issued, { key }: Issued): void {
  write(join(folder, 'a.crt'), chain);
  write(join(folder, 'a.key'), key);
}

interface Started {
  readonly sluice: Sluice;
  /** Rewrites what stands below `tls:`. */
  readonly say: (tls: string) => void;
}

async function started(t: TestContext, tls: string): Promise<Started> {
  const { address } = await startServer(t, echo);
  const config = folderWith(t, { 'a.yml': yaml(address, tls) });
  const sluice = await startSluice(t, ['tcp'], [`--providers.file.directory=${config}`]);
  await eventually('the router', async () =>
    (await sluice.api<readonly unknown[]>('/api/tcp/routers')).length > 0 ? true : undefined,
  );
  return { sluice, say: (next) => write(join(config, 'a.yml'), yaml(address, next)) };
}

/** Says hello, and what came of it. */
async function talk(t: TestContext, { sluice }: Started, options: ConnectionOptions = {}) {
  const dialled = new TlsClient(t, sluice.port('tcp'), options);
  let session: Buffer | undefined;
  dialled.stream.on('session', (ticket: Buffer) => (session = ticket));
  await dialled.secured.catch(() => {});
  const shown = dialled.stream.getPeerX509Certificate()?.raw;
  const isReused = dialled.stream.isSessionReused();
  dialled.stream.end('hello');
  await dialled.ended;
  dialled.raw.destroy();
  return { answer: dialled.received, shown, session, isReused };
}

const isShown =
  (t: TestContext, running: Started, { der }: Issued) =>
  async () => {
    const { shown, answer } = await talk(t, running);
    return answer === 'hello' && shown?.equals(der) === true;
  };

const findings = async ({ sluice }: Started, code: string) =>
  (await sluice.api<readonly Finding[]>('/api/diagnostics')).filter((found) => found.code === code);

const [first, second, third] = [certified('a.test'), certified('a.test'), certified('a.test')];

test('a certificate that is renewed on the disk is shown to the next client', async (t) => {
  const folder = folderWith(t);
  writePair(folder, first, first);
  const running = await started(t, listed(folder));
  await until('the certificate', isShown(t, running, first));
  assert.deepEqual(await findings(running, 'no-certificate'), []);

  const open = new TlsClient(t, running.sluice.port('tcp'));
  await open.secured;

  // Half of it: the last good pair stays, and it is said.
  writeFileSync(join(folder, 'a.crt'), second.chain);
  await until('it is said', async () => (await findings(running, 'bad-value')).length === 1);
  assert.ok(await isShown(t, running, first)());
  writeFileSync(join(folder, 'a.key'), second.key);
  await until('the second certificate', isShown(t, running, second));
  await until('nothing is wrong', async () => (await findings(running, 'bad-value')).length === 0);

  writeFileSync(join(folder, '.crt'), third.chain);
  writeFileSync(join(folder, '.key'), third.key);
  for (const name of ['crt', 'key'])
    renameSync(join(folder, `.${name}`), join(folder, `a.${name}`));
  await until('the third certificate', isShown(t, running, third));

  open.stream.end('still here');
  assert.equal(await open.ended, 'end');
  assert.equal(open.received, 'still here');
});

test('a folder whose files are links is followed when it is swapped (Kubernetes)', async (t) => {
  const folder = folderWith(t);
  writePair(join(folder, '..1'), first, first);
  writePair(join(folder, '..2'), second, second);
  symlinkSync('..1', join(folder, '..data'));
  for (const name of ['a.crt', 'a.key']) symlinkSync(`..data/${name}`, join(folder, name));
  const running = await started(t, listed(folder));
  await until('the first certificate', isShown(t, running, first));
  symlinkSync('..2', join(folder, '..next'));
  renameSync(join(folder, '..next'), join(folder, '..data'));
  await until('the second certificate', isShown(t, running, second));
  assert.deepEqual(await findings(running, 'bad-value'), []);
});

test('without a certificate one of our own is shown, the same after a reload', async (t) => {
  const running = await started(t, '');
  const options = { rejectUnauthorized: false };
  const { shown: before, answer } = await talk(t, running, options);
  assert.equal(answer, 'hello');
  assert.equal((await findings(running, 'no-certificate')).length, 1);
  const folder = folderWith(t);
  writePair(folder, certified('b.test'), first);
  running.say(listed(folder));
  await until('the reload', async () => (await findings(running, 'bad-value')).length === 1);
  assert.deepEqual((await talk(t, running, options)).shown, before);
});

const clients = issueCa('clients');
const client = certified('client', { issuer: clients });

test('a ticket outlives a reload, and not the authority that its client was trusted by', async (t) => {
  const folder = folderWith(t, { 'ca.pem': clients.cert });
  writePair(folder, first, first);
  const options = `  options: {default: {clientAuth: {caFiles: ["${folder}/ca.pem"]}}}\n`;
  const running = await started(t, listed(folder) + options);
  const known = { cert: client.chain, key: client.key };
  const { session, answer } = await talk(t, running, known);
  assert.ok(session);
  assert.equal(answer, 'hello');
  assert.equal((await talk(t, running)).answer, '', 'who shows none is refused');

  writePair(folder, second, second);
  await until('the reload', async () => {
    const { shown } = await talk(t, running, known);
    return shown?.equals(second.der) === true;
  });
  const resumed = await talk(t, running, { ...known, session });
  assert.deepEqual([resumed.answer, resumed.isReused], ['hello', true]);

  write(join(folder, 'ca.pem'), issueCa('clients').cert);
  await until(
    'the client is not trusted',
    async () => (await talk(t, running, known)).answer === '',
  );
  const stale = await talk(t, running, { ...known, session });
  assert.deepEqual([stale.answer, stale.isReused], ['', false]);
});
