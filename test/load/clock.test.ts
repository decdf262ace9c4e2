import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Agent } from '../e2e/support/consul.js';
import { ask } from '../e2e/support/sluice.js';
import { Client } from '../support/clients.js';
import { until } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { ask as request } from '../support/http.js';
import { echo, startServer } from '../support/servers.js';
import { startProbed } from './support/probed.js';

const DAY_MS = 86_400_000;

const routes = (entryPoint: string, address: string) => `
tcp:
  routers:
    ${entryPoint}: { rule: "HostSNI(\`*\`)", entryPoints: [${entryPoint}], service: ${entryPoint} }
  services:
    ${entryPoint}:
      loadBalancer: { servers: [{ address: "${address}" }], healthCheck: { interval: 100ms } }
`;

interface Health {
  readonly ready: boolean;
  readonly providers: readonly { readonly name: string; readonly ageSeconds: number }[];
}

test('jumps of the wall clock cut nobody, hold up nothing, and make nothing old or young', async (t) => {
  const server = await startServer(t, echo);
  const agent = await Agent.start(t);
  const folder = folderWith(t, { 'in.yml': routes('in', server.address) });
  const sluice = await startProbed(
    t,
    ['in', 'late'],
    [
      `--providers.file.directory=${folder}`,
      `--providers.consulCatalog.endpoint.address=${agent.address}`,
      '--api.maxDiscoveryAge=1h',
    ],
  );
  const isRouted = async (entryPoint: string) =>
    (await ask(sluice.port(entryPoint), 'hi')) === 'hi';
  await until('the route', () => isRouted('in'));
  const client = new Client(t, sluice.port('in'));
  await client.send('0').gets('0');
  const ages = async () => {
    const { text } = await request(sluice.port('traefik'), '/api/health');
    const { ready, providers } = JSON.parse(text) as Health;
    assert.ok(ready, text);
    for (const { ageSeconds } of providers) assert.ok(ageSeconds >= 0 && ageSeconds < 60, text);
  };
  let longest = 0;
  const jumps = [DAY_MS, -DAY_MS, 365 * DAY_MS, 0];
  const jumpAbout = async () => {
    for (const [index, jump] of jumps.entries()) {
      await sluice.shiftClock(jump);
      const began = performance.now();
      await client.send(`${index};`).gets(`${index};`);
      longest = Math.max(longest, performance.now() - began);
      await ages();
      writeFileSync(join(folder, 'late.yml'), routes('late', server.address));
      await until('a new route', () => isRouted('late'));
      rmSync(join(folder, 'late.yml'));
      await until('no route', async () => !(await isRouted('late')));
    }
  };
  await jumpAbout();
  // A source that is lost is as old as it is, whatever the clock says.
  await agent.kill();
  await until('the loss is known', async () => {
    const { text } = await request(sluice.port('traefik'), '/api/diagnostics');
    return text.includes('provider-lost');
  });
  await jumpAbout();
  t.diagnostic(
    `${2 * jumps.length} jumps of up to a year; the longest round trip of who was connected: ${longest.toFixed(1)} ms`,
  );
});
