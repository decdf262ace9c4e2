import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Client } from '../support/clients.js';
import { issue } from '../support/certificates.js';
import { eventually, until } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { ask } from '../support/http.js';
import { refusingPort } from '../support/refusing.js';
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
  return {
    api,
    directory,
    server: `127.0.0.1:${port}`,
    client: () => new Client(t, program.port('tcp')),
  };
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
      'sluice_service_ended_total{service="db@file",reason="done",phase="data"} 1',
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

test('figures of what has left the configuration go with its last connection', async (t) => {
  const { api, directory, client } = await start(t);
  const peer = client().send('hello');
  await peer.gets('hello');
  rmSync(join(directory, 'a.yml'));
  const figures = async () => (await ask(api, '/metrics')).text;
  await until('the route is gone', async () => (await figures()).includes('reloads_total 2'));
  const open = 'sluice_service_open_connections{service="db@file"} 1';
  assert.ok((await figures()).includes(open));
  peer.finish();
  assert.equal(await peer.ended, 'fin');
  await until('nothing tells of it', async () => !(await figures()).includes('db@file'));
});

test('who inFlightConn has let in, dials, retries, and certificates have their figures', async (t) => {
  const { api, directory, server, client } = await start(t);
  const { chain, key } = issue({ name: 'a.test', dns: ['a.test', 'b.test'] });
  writeFileSync(join(directory, 'cert.pem'), chain + key);
  const closed = `127.0.0.1:${await refusingPort()}`;
  writeFileSync(
    join(directory, 'a.yml'),
    [
      'tcp:',
      '  routers: {db: {rule: "HostSNI(`*`)", service: db, middlewares: [few]}}',
      '  middlewares: {few: {inFlightConn: {amount: 9}}}',
      `  services: {db: {loadBalancer: {servers: [{address: "${closed}"}, {address: "${server}"}]}}}`,
      `tls: {certificates: [{certFile: "${join(directory, 'cert.pem')}"}]}`,
    ].join('\n'),
  );
  const figures = async () => (await ask(api, '/metrics')).text;
  await until('the certificate', async () => (await figures()).includes('tls_certs_not_after'));
  const peers = [client().send('a'), client().send('b')];
  for (const peer of peers) await peer.gets(peer === peers[0] ? 'a' : 'b');
  const text = await figures();
  const value = (series: string) =>
    Number(new RegExp(`^${series.replace(/[{}]/g, '\\$&')} (.*)$`, 'm').exec(text)?.[1] ?? NaN);
  assert.equal(value('sluice_middleware_in_flight_connections{middleware="few@file"}'), 2);
  assert.equal(value('sluice_service_dial_duration_seconds_count{service="db@file"}'), 2);
  assert.equal(value(`sluice_server_connections_total{service="db@file",server="${server}"}`), 2);
  const retries = value('traefik_service_retries_total{service="db@file"}');
  assert.ok(retries >= 1);
  assert.equal(value('sluice_service_dials_total{service="db@file"}'), 2 + retries);
  assert.equal(
    value(`sluice_server_dial_failures_total{service="db@file",server="${closed}"}`),
    retries,
  );
  const { validTo, serialNumber } = new X509Certificate(chain);
  const labels = `cn="a.test",serial="${BigInt(`0x${serialNumber}`)}",sans="a.test,b.test"`;
  assert.equal(value(`traefik_tls_certs_not_after{${labels}}`), Date.parse(validTo) / 1_000);
  assert.ok(value('sluice_event_loop_delay_seconds{quantile="1"}') >= 0);
});
