import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { eventually } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { saying, startServer } from '../support/servers.js';
import { ask, startSluice, type Finding } from './support/sluice.js';

const yaml = (entryPoint: string, address: string, name = entryPoint) => `
tcp:
  routers:
    ${name}: {rule: "HostSNI(\`*\`)", entryPoints: [${entryPoint}], service: ${name}}
  services:
    ${name}:
      loadBalancer:
        servers: [{address: "${address}"}]
`;

const toml = (entryPoint: string, address: string) => `
[tcp.routers.${entryPoint}]
rule = "HostSNI(\`*\`)"
entryPoints = ["${entryPoint}"]
service = "${entryPoint}"
[[tcp.services.${entryPoint}.loadBalancer.servers]]
address = "${address}"
`;

const answers = (port: number, says: string) => async () =>
  (await ask(port)) === says ? true : undefined;

test('a file that is replaced by renaming is followed', async (t) => {
  const path = folderWith(t);
  const [one, two] = [await startServer(t, saying('one')), await startServer(t, saying('two'))];
  writeFileSync(join(path, 'a.yml'), yaml('a', one.address));
  const sluice = await startSluice(t, ['a'], [`--providers.file.directory=${path}`]);
  await eventually('the route', answers(sluice.port('a'), 'one'));
  for (const [server, says] of [
    [two, 'two'],
    [one, 'one'],
    [two, 'two'],
  ] as const) {
    writeFileSync(join(path, '.new'), yaml('a', server.address));
    renameSync(join(path, '.new'), join(path, 'a.yml'));
    await eventually('the new server', answers(sluice.port('a'), says));
  }
});

test('of two files the broken one keeps its last good state, and the other goes on', async (t) => {
  const path = folderWith(t);
  const [one, two, three] = [
    await startServer(t, saying('one')),
    await startServer(t, saying('two')),
    await startServer(t, saying('three')),
  ];
  writeFileSync(join(path, 'a.yml'), yaml('a', one.address));
  writeFileSync(join(path, 'b.toml'), toml('b', two.address));
  const sluice = await startSluice(t, ['a', 'b'], [`--providers.file.directory=${path}`]);
  await eventually('yaml', answers(sluice.port('a'), 'one'));
  await eventually('toml', answers(sluice.port('b'), 'two'));
  writeFileSync(join(path, 'a.yml'), 'tcp:\n  routers: [\n');
  const finding = await eventually('the finding', async () =>
    (await sluice.api<Finding[]>('/api/diagnostics')).find(({ code }) => code === 'syntax'),
  );
  assert.equal(finding.at['path'], join(path, 'a.yml'));
  writeFileSync(join(path, 'b.toml'), toml('b', three.address));
  await eventually('the other file', answers(sluice.port('b'), 'three'));
  assert.equal(await ask(sluice.port('a')), 'one');
});

test('SIGHUP reads the files again where nothing is watched', async (t) => {
  const path = folderWith(t);
  const [one, two] = [await startServer(t, saying('one')), await startServer(t, saying('two'))];
  writeFileSync(join(path, 'a.yml'), yaml('a', one.address));
  const flags = [`--providers.file.directory=${path}`, '--providers.file.watch=false'];
  const sluice = await startSluice(t, ['a'], flags);
  await eventually('the route', answers(sluice.port('a'), 'one'));
  writeFileSync(join(path, 'a.yml'), yaml('a', two.address));
  sluice.process.kill('SIGHUP');
  await eventually('the new server', answers(sluice.port('a'), 'two'));
});
