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
async function start(t: TestContext, more: readonly string[] = []) {
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
    ...more,
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
    log: program.log,
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

test('what is live is told without a scrape: state, open connections and bytes of each object', async (t) => {
  const { api, server, client } = await start(t);
  const peer = client().send('hello');
  await peer.gets('hello');
  const figures = { open: 1, sent: 5, received: 5 };
  const live = async () =>
    JSON.parse((await ask(api, '/api/live')).text) as Readonly<Record<string, unknown>>;
  const { open, entryPoints, routers, services, health, revisions } = await live();
  // Who asks is not told.
  assert.equal(open, 1);
  assert.deepEqual((entryPoints as Record<string, object>)['tcp'], figures);
  assert.deepEqual(routers, { 'db@file': figures });
  const { servers, ...service } =
    (services as Record<string, { servers: object }>)['db@file'] ?? {};
  assert.deepEqual(service, figures);
  const [[address, { owners, ...state }]] = Object.entries(servers ?? {}) as [
    [string, { owners: readonly string[] }],
  ];
  assert.deepEqual([address, state], [server, { status: 'UP', ...figures }]);
  assert.match(String(owners), /a\.yml$/);
  assert.equal((health as { ready: boolean }).ready, true);
  assert.equal(typeof (revisions as { configuration: number }).configuration, 'number');
  peer.finish();
  await until('it is over', async () => (await live())['open'] === 0);
});

test('revisions grow with what is put into force and with what is found', async (t) => {
  const { api, directory } = await start(t);
  const revisions = async () =>
    (
      JSON.parse((await ask(api, '/api/live')).text) as {
        revisions: { configuration: number; findings: number };
      }
    ).revisions;
  const before = await revisions();
  writeFileSync(join(directory, 'b.yml'), 'tcp: {services: {x: {loadBalancer: {}}}}');
  await until('another configuration', async () => {
    return (await revisions()).configuration > before.configuration;
  });
  const { findings } = await revisions();
  writeFileSync(join(directory, 'b.yml'), 'tcp: {services: {x: {laodBalancer: {}}}}');
  await until('another finding', async () => (await revisions()).findings > findings);
});

test('the page is there unless it is left out', async (t) => {
  const { api } = await start(t);
  assert.equal((await ask(api, '/')).status, 301);
  assert.match((await ask(api, '/dashboard/')).text, /^<!doctype html>/);
  const without = await start(t, ['--api.dashboard=false']);
  for (const path of ['/', '/dashboard/']) {
    assert.equal((await ask(without.api, path)).status, 404);
  }
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

test('a finding is said once when it appears and once when it goes, and since when it holds', async (t) => {
  const { api, directory, log } = await start(t);
  const path = join(directory, 'b.yml');
  const wrong = 'tcp: { routers: { bad: { rul: "HostSNI(`*`)" } } }\n';
  const found = async () =>
    JSON.parse((await ask(api, '/api/diagnostics')).text) as readonly {
      readonly code: string;
      readonly since: string;
    }[];
  const said = () =>
    log.lines.filter(({ fields }) => fields.code === 'unknown-key').map(({ level }) => level);
  const before = Date.now();
  writeFileSync(path, wrong);
  await until('it is there', async () => (await found()).length > 0);
  const [first] = (await found()).filter(({ code }) => code === 'unknown-key');
  assert.ok(Date.parse(first?.since ?? '') >= before - 1_000);
  // Another change beside it: the same finding, as old as before.
  writeFileSync(path, `${wrong}# again\n`);
  writeFileSync(
    join(directory, 'c.yml'),
    'tcp: { middlewares: { few: { inFlightConn: { amount: 1 } } } }\n',
  );
  await until('the change is in force', () =>
    log.lines.some(({ fields }) => fields.added?.includes('middleware few@file') === true),
  );
  assert.deepEqual(
    (await found()).filter(({ code }) => code === 'unknown-key'),
    [first],
  );
  assert.deepEqual(said(), ['error']);
  rmSync(path);
  await until('it is gone', async () => (await found()).length === 0);
  assert.deepEqual(said(), ['error', 'info']);
});
