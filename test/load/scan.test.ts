import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';
import { ask } from '../e2e/support/sluice.js';
import { until } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { clientHello } from '../support/hello.js';
import { megabytes, startProbed } from './support/probed.js';
import { startSender } from './support/transfers.js';

const CONNECTIONS = 10_000;

/** At a time. */
const WAVE = 250;

/** What may stay: code that was compiled, and tables that grew. */
const SLACK = 6e6;

/** Of one entry point: five names that no router has and the rest of them, what speaks no TLS, a limit; each with its count. */
const MOST_LINES = 14;

const NAME = 'scan00000.test';
const HELLO = await clientHello({ servername: NAME });

/** A TLS client that asks for another name than all others. */
function helloFor(index: number): Buffer {
  const hello = Buffer.from(HELLO);
  hello.write(`scan${String(index).padStart(5, '0')}.test`, hello.indexOf(NAME), 'latin1');
  return hello;
}

const routes = (address: string) => `
tcp:
  routers:
    secret: { rule: "HostSNI(\`a.test\`)", service: sender, entryPoints: [in], tls: {} }
    open: { rule: "HostSNI(\`*\`)", service: sender, entryPoints: [open] }
  services:
    sender: { loadBalancer: { servers: [{ address: "${address}" }] } }
`;

test(`${CONNECTIONS} connections of a scan are a handful of lines, and leave nothing behind`, async (t) => {
  const sender = await startSender(t);
  const folder = folderWith(t, { 'routes.yml': routes(sender.address) });
  const sluice = await startProbed(t, ['in', 'open'], [`--providers.file.directory=${folder}`], {
    logLevel: 'info',
  });
  const port = sluice.port('in');
  await until('the route', async () => (await ask(sluice.port('open'), '4')).length === 4);

  /** Every third one speaks no TLS, every third one says nothing. */
  const scan = async (index: number) => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      localAddress: `127.0.1.${1 + (index % 200)}`,
    });
    socket.on('error', () => {});
    await once(socket, 'connect').catch(() => undefined);
    if (index % 3 === 0) socket.write(helloFor(index));
    else if (index % 3 === 1) socket.write(`GET /${index} HTTP/1.0\r\n\r\n`);
    else socket.end();
    socket.resume();
    if (!socket.closed) await once(socket, 'close').catch(() => undefined);
  };
  const wave = (first: number) =>
    Promise.all(Array.from({ length: WAVE }, (_, index) => scan(first + index)));
  await wave(0);
  const memory = await sluice.memory();
  for (let done = 0; done < CONNECTIONS; done += WAVE) await wave(done);
  const isEmpty = async () =>
    (await sluice.figure('traefik_open_connections{entrypoint="in"')) === 0;
  await until('all are gone', isEmpty);
  const after = await sluice.memory();
  await sluice.stop();

  const lines = sluice
    .output()
    .split('\n')
    .filter((line) => line.includes('"entryPoint":"in"') && line.includes('"reason"'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  t.diagnostic(
    `${lines.length} lines; memory ${megabytes(memory)} before, ${megabytes(after)} after`,
  );
  assert.ok(lines.length <= MOST_LINES, JSON.stringify(lines));
  // Said at once, and what was only counted is said at the end: nothing is left out.
  const unrouted = lines.filter(({ reason }) => reason === 'no-route');
  const times = unrouted.reduce((sum, line) => sum + Number(line['times']), 0);
  const scanned = CONNECTIONS + WAVE;
  const wanted = Array.from({ length: scanned }, (_, index) =>
    index < WAVE ? index : index - WAVE,
  );
  assert.equal(times, wanted.filter((index) => index % 3 !== 2).length);
  assert.ok(after < memory + SLACK, `${megabytes(memory)} before, ${megabytes(after)} after`);
});
