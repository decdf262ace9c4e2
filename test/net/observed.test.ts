import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import test, { type TestContext } from 'node:test';
import { Client } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { ask } from '../support/http.js';
import { startProgram } from '../support/program.js';
import { echo, startServer } from '../support/servers.js';
import { accepted, load } from '../support/static.js';

/** The whole program in front of an echo, with one file, metrics and a token. */
async function start(t: TestContext) {
  const { port } = await startServer(t, echo);
  const directory = folderWith(t, {
    'a.yml': [
      'tcp:',
      '  routers: {db: {rule: "HostSNI(`*`)", service: db}}',
      `  services: {db: {loadBalancer: {servers: [{address: "127.0.0.1:${port}"}]}}}`,
    ].join('\n'),
  });
  const args = [
    '--entryPoints.tcp.address=127.0.0.1:0',
    '--entryPoints.traefik.address=127.0.0.1:0',
    `--providers.file.directory=${directory}`,
    '--api.insecure',
    '--api.token=secret',
    '--metrics.prometheus',
  ];
  const program = await startProgram(accepted(load({ args })));
  t.after(async () => {
    program.running.cut();
    await program.running.stop();
  });
  const api = program.port('traefik');
  await eventually('it is ready', async () => {
    const { status } = await ask(api, '/api/health');
    return status === 200 ? true : undefined;
  });
  return { api, server: `127.0.0.1:${port}`, client: () => new Client(t, program.port('tcp')) };
}

async function close(api: number, path: string): Promise<number | undefined> {
  const headers = { authorization: 'Bearer secret' };
  const asked = request({ port: api, path, method: 'DELETE', headers, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

test('a scrape shows open connections, their bytes while they flow, and how they ended', async (t) => {
  const { api, server, client } = await start(t);
  const peer = client().send('hello');
  await peer.gets('hello');
  const open = (await ask(api, '/metrics')).text.split('\n');
  for (const line of [
    'traefik_open_connections{entrypoint="tcp",protocol="TCP"} 1',
    'sluice_service_open_connections{service="db@file"} 1',
    'sluice_service_sent_bytes_total{service="db@file"} 5',
    `sluice_server_received_bytes_total{service="db@file",server="${server}"} 5`,
    `traefik_service_server_up{service="db@file",url="${server}"} 1`,
    'sluice_provider_up{provider="file"} 1',
  ]) {
    assert.ok(open.includes(line), line);
  }
  peer.finish();
  assert.equal(await peer.ended, 'fin');
  await eventually('the end is counted', async () => {
    const { text } = await ask(api, '/metrics');
    const isCounted = text.includes(
      'sluice_service_ended_total{service="db@file",reason="done"} 1',
    );
    return (
      (isCounted && text.includes('sluice_service_sent_bytes_total{service="db@file"} 5')) ||
      undefined
    );
  });
});

test('all connections to one server are closed by who has the token, over HTTP', async (t) => {
  const { api, server, client } = await start(t);
  const peers = [client().send('a'), client().send('a')];
  for (const peer of peers) await peer.gets('a');
  const of = `/api/connections?service=db@file&server=${server}`;
  assert.equal((await ask(api, of, 'DELETE')).status, 401);
  assert.match((await ask(api, '/api/connections/count')).text, /"open":2/);
  assert.equal(await close(api, of), 204);
  for (const peer of peers) assert.equal(await peer.ended, 'reset');
});
