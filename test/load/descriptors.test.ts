import assert from 'node:assert/strict';
import test from 'node:test';
import { ask } from '../e2e/support/sluice.js';
import { Client } from '../support/clients.js';
import { until } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { echo, startServer } from '../support/servers.js';
import { startProbed } from './support/probed.js';

const LIMIT = 256;
const ROUNDS = 3;

/** D44: beside these, the process has its log, its files and its watches open. */
const LEFT = 20;

test('descriptors run out, again and again: who is inside is served, newcomers are refused, and it goes on after', async (t) => {
  const server = await startServer(t, echo);
  const routes = `
tcp:
  routers: { echo: { rule: "HostSNI(\`*\`)", entryPoints: [echo], service: echo } }
  services: { echo: { loadBalancer: { servers: [{ address: "${server.address}" }] } } }
`;
  const folder = folderWith(t, { 'echo.yml': routes });
  const sluice = await startProbed(t, ['echo'], [`--providers.file.directory=${folder}`], {
    descriptors: LIMIT,
  });
  const port = sluice.port('echo');
  const isServed = (client: Client, word: string) =>
    client
      .send(word)
      .gets(word)
      .then(
        () => true,
        () => false,
      );
  const isOpen = async () => (await ask(port, 'hi').catch(() => '')) === 'hi';
  await until('the route', isOpen);
  const resident = new Client(t, port);
  assert.ok(await isServed(resident, 'hello'));
  const base = sluice.descriptors();

  for (let round = 1; round <= ROUNDS; round += 1) {
    const clients: Client[] = [];
    await until('newcomers are refused', async () => {
      const newcomer = new Client(t, port);
      const gets = await isServed(newcomer, 'hi');
      if (gets) clients.push(newcomer);
      return !gets;
    });
    const most = sluice.descriptors();
    const asked = performance.now();
    assert.equal(await isOpen(), false);
    const refused = performance.now() - asked;
    assert.ok(clients.length > 60 && most < LIMIT - LEFT, `${clients.length}, ${most} open files`);
    await resident.send(` ${round}`).gets(` ${round}`);
    for (const client of clients) await client.send('!').gets('hi!');
    for (const client of clients) client.finish();
    const began = performance.now();
    await until('newcomers are served', isOpen);
    const seconds = (performance.now() - began) / 1_000;
    // What was counted can be read as soon as somebody may come again.
    await until('it is counted', async () => {
      return (await sluice.figure('sluice_entrypoint_held_total{entrypoint="echo"')) === round;
    });
    await until('the descriptors are back', () => sluice.descriptors() <= base);
    t.diagnostic(
      `${clients.length} connections, ${most} of ${LIMIT} descriptors, a newcomer refused in ${refused.toFixed(1)} ms; ` +
        `open again ${seconds.toFixed(2)} s after they left, ${sluice.descriptors()} descriptors`,
    );
  }
  const said = sluice
    .output()
    .split('\n')
    .filter((line) => line.includes('"sockets"'))
    .map((line) => (JSON.parse(line) as { readonly level: unknown }).level);
  assert.deepEqual(said, Array(2 * ROUNDS).fill('warn'));
});
