import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ask } from '../e2e/support/sluice.js';
import { Client } from '../support/clients.js';
import { until } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { echo, startServer } from '../support/servers.js';
import { megabytes, startProbed } from './support/probed.js';

const CONNECTIONS = 5_000;
const SWAPS = 1_000;

/** At a time, so that the backlog of the listener holds them. */
const WAVE = 250;

/** What may stay, for reasons that have nothing to do with connections or swaps: code that was compiled. */
const SLACK = 4e6;

/** The service of the connections is the same each time, but for a server beside theirs; all else is new. */
const moment = (n: number, address: string) => {
  const beside = { address: `127.0.0.1:${1_024 + n}`, weight: 0 };
  return JSON.stringify({
    tcp: {
      routers: {
        held: { rule: 'HostSNI(`*`)', entryPoints: ['held'], service: 'held', priority: n + 1 },
        [`other-${n}`]: { rule: `ClientIP(\`192.0.2.${n % 250}\`)`, service: 'other' },
      },
      services: {
        held: {
          loadBalancer: {
            servers: n % 2 === 0 ? [{ address }] : [{ address }, beside],
            serversTransport: 'patient',
          },
        },
        other: { loadBalancer: { servers: [beside] } },
      },
      // Clients and servers share a core here, and are late when all end at once.
      serversTransports: { patient: { terminationDelay: '1m' } },
    },
  });
};

test(`${CONNECTIONS} idle connections are held while ${SWAPS} swaps pass, and memory is back afterwards`, async (t) => {
  const server = await startServer(t, echo);
  const folder = folderWith(t, { 'a.yml': moment(0, server.address) });
  const sluice = await startProbed(
    t,
    ['held', 'other'],
    [
      `--providers.file.directory=${folder}`,
      '--providers.file.watch=false',
      '--providers.providersThrottleDuration=0',
    ],
  );
  const client = () => new Client(t, sluice.port('held'));
  await until('the route', async () => (await ask(sluice.port('held'), 'hi')) === 'hi');
  const swaps = () => sluice.figure('traefik_config_reloads_total');
  let moments = 0;
  const swap = async (times: number) => {
    for (let i = 0; i < times; i += 1) {
      moments += 1;
      writeFileSync(join(folder, '.next'), moment(moments, server.address));
      renameSync(join(folder, '.next'), join(folder, 'a.yml'));
      sluice.process.kill('SIGHUP');
      await until('the next swap', async () => (await swaps()) > moments);
    }
  };
  // So that what is made once is there.
  await swap(20);
  const empty = await sluice.memory();

  const clients: Client[] = [];
  while (clients.length < CONNECTIONS) {
    const wave = Array.from({ length: WAVE }, client);
    await Promise.all(wave.map((one) => one.send('a').gets('a')));
    clients.push(...wave);
  }
  const before = await sluice.memory();
  const began = performance.now();
  await swap(SWAPS);
  const seconds = (performance.now() - began) / 1_000;
  const after = await sluice.memory();
  await Promise.all(clients.map((one) => one.send('b').gets('ab')));
  for (const one of clients) one.finish();
  assert.deepEqual(new Set(await Promise.all(clients.map(({ ended }) => ended))), new Set(['fin']));
  const open = () => sluice.figure('traefik_open_connections{entrypoint="held"');
  await until('all are gone', async () => (await open()) === 0);
  const last = await sluice.memory();
  const connection = ((before - empty) / CONNECTIONS / 1e3).toFixed(1);
  t.diagnostic(
    `${SWAPS} swaps in ${seconds.toFixed(1)} s; memory: empty ${megabytes(empty)}, with ${CONNECTIONS} connections ` +
      `${megabytes(before)} (${connection} KB each), after the swaps ${megabytes(after)}, without connections ${megabytes(last)}`,
  );
  assert.ok(after < before + SLACK, `${megabytes(before)} before, ${megabytes(after)} after`);
  assert.ok(last < empty + SLACK, `${megabytes(empty)} before, ${megabytes(last)} after`);
});
