import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import test from 'node:test';
import { ask } from '../e2e/support/sluice.js';
import { until } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { clientHello } from '../support/hello.js';
import { megabytes, startProbed } from './support/probed.js';
import { startSender } from './support/transfers.js';

const CONNECTIONS = 10_000;

/** At a time, one kind after the other among them. */
const WAVE = 500;

/** What may stay: code that was compiled, and tables that grew. */
const SLACK = 6e6;

/** Far less than the waves ask for: 500 clients that never read would be sent 5 GB. */
const MOST = 300e6;

const HELLO = await clientHello({ servername: 'a.test' });
const HELLO_FOR_NOBODY = await clientHello({ servername: 'nobody.test' });

/** What is done to a connection that was just made. All of them are destroyed some time later. */
const ABUSES: Readonly<Record<string, (socket: Socket) => void>> = {
  silent: () => {},
  'half a ClientHello': (socket) => socket.write(HELLO.subarray(0, 40)),
  'half-closed at once': (socket) => socket.end(),
  'a reset at once': (socket) => socket.resetAndDestroy(),
  'a reset in a transfer': (socket) => {
    socket.write('10000000');
    socket.once('data', () => socket.resetAndDestroy());
  },
  garbage: (socket) => socket.write(Buffer.alloc(70_000, '\x16\x03\x01\xff')),
  'never reads': (socket) => {
    socket.pause();
    socket.write('10000000');
  },
  'a TLS client of nobody': (socket) => socket.write(HELLO_FOR_NOBODY),
};

const routes = (address: string) => `
tcp:
  routers:
    plain: { rule: "HostSNI(\`*\`)", service: sender }
    secret: { rule: "HostSNI(\`a.test\`)", service: sender, tls: {} }
  services:
    sender: { loadBalancer: { servers: [{ address: "${address}" }] } }
`;

test(`${CONNECTIONS} abusive connections leave nothing behind`, async (t) => {
  const sender = await startSender(t);
  const folder = folderWith(t, { 'routes.yml': routes(sender.address) });
  const sluice = await startProbed(
    t,
    ['in'],
    [
      `--providers.file.directory=${folder}`,
      '--entryPoints.in.transport.respondingTimeouts.readTimeout=2s',
      '--entryPoints.in.transport.respondingTimeouts.sniffTimeout=500ms',
    ],
  );
  const port = sluice.port('in');
  const isServed = async () => (await ask(port, '4')) === '\0\x01\x02\x03';
  await until('the route', isServed);

  const wave = async (count: number) => {
    const kinds = Object.values(ABUSES);
    const sockets = Array.from({ length: count }, (_, index) => {
      const localAddress = `127.0.1.${1 + (index % 200)}`;
      const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true });
      socket.on('error', () => {});
      return socket;
    });
    await Promise.all(
      sockets.map(async (socket, index) => {
        await once(socket, 'connect').catch(() => undefined);
        kinds[index % kinds.length]?.(socket);
      }),
    );
    // Whoever comes in the middle of it is served.
    await until('an honest client', isServed);
    const peak = sluice.resident();
    for (const socket of sockets) socket.destroy();
    return peak;
  };
  const isEmpty = async () =>
    (await sluice.figure('traefik_open_connections{entrypoint="in"')) === 0;
  await wave(WAVE);
  await until('all of the first wave are gone', isEmpty);
  const base = { descriptors: sluice.descriptors(), memory: await sluice.memory() };
  let peak = 0;
  const began = performance.now();
  for (let done = 0; done < CONNECTIONS; done += WAVE) peak = Math.max(peak, await wave(WAVE));
  const seconds = (performance.now() - began) / 1_000;
  await until('all are gone', isEmpty);
  await until('the descriptors are back', () => sluice.descriptors() <= base.descriptors);
  const memory = await sluice.memory();
  t.diagnostic(
    `${seconds.toFixed(1)} s; memory ${megabytes(base.memory)} before, ${megabytes(memory)} after, ` +
      `resident at most ${megabytes(peak)}; descriptors ${base.descriptors} before, ${sluice.descriptors()} after`,
  );
  assert.ok(memory < base.memory + SLACK, `${megabytes(base.memory)} before, ${megabytes(memory)}`);
  assert.ok(peak < MOST, megabytes(peak));
  assert.ok(await isServed());
});
