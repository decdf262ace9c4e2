import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Client } from '../support/clients.js';
import { eventually, until } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { echo, startServer } from '../support/servers.js';
import {
  ask,
  callSluice,
  startSluice,
  type Outcome,
  type Sluice,
  type Surroundings,
} from './support/sluice.js';

test('--version says the version of the package, and --help every option', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  for (const word of ['--version', 'version']) {
    const said = await callSluice([word]);
    assert.deepEqual([said.code, said.stderr], [0, '']);
    assert.ok(said.stdout.startsWith(`sluice ${version} `));
  }
  const { code, stdout, stderr } = await callSluice(['--help']);
  assert.deepEqual([code, stderr], [0, '']);
  for (const option of ['--entryPoints.<name>.address=', '--providers.docker.endpoint=', '--ping'])
    assert.ok(stdout.includes(`  ${option}`), option);
});

/** One line, without the trace of a bug. */
function refusal({ code, stdout, stderr }: Outcome): readonly [number | null, string] {
  assert.equal(stdout, '');
  assert.match(stderr, /^sluice: [^\n]+\n$/);
  return [code, stderr];
}

interface Refused {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of a file that `--configFile` names. */
  readonly text?: string;
  /** The place, and what to write instead. */
  readonly says: readonly string[];
}

const refused: Readonly<Record<string, Refused>> = {
  'an unknown flag': {
    args: ['--entryPoints.pg.adress=:5432'],
    says: ['--entryPoints.pg.adress', '"address"'],
  },
  'an unknown variable': {
    env: { SLUICE_PROVIDERS_DOCKER_ENDPIONT: 'tcp://x:1' },
    says: ['SLUICE_PROVIDERS_DOCKER_ENDPIONT', '"endpoint"'],
  },
  'an unknown key of a file': {
    text: 'entryPoints:\n  pg: { address: ":5432" }\nprovider:\n  docker: {}\n',
    says: [':3:1', '"providers"'],
  },
  'a bad value': { args: ['--log.level=loud'], says: ['--log.level', 'trace, debug, info'] },
  'a stray word': { args: ['serve'], says: ['"serve"', '--help'] },
  'text that is no YAML': { text: 'entryPoints: [\n', says: ['.yml:'] },
  'a named file that does not exist': {
    args: ['--configFile=/does/not/exist.yml'],
    says: ['/does/not/exist.yml', 'no such file'],
  },
};

for (const [name, { args = [], env, text, says }] of Object.entries(refused)) {
  test(`${name} is refused in one line, with exit code 2`, async (t) => {
    const path = join(folderWith(t), 's.yml');
    if (text !== undefined) writeFileSync(path, text);
    const words = text === undefined ? args : [`--configFile=${path}`];
    const [code, line] = refusal(await callSluice(words, env));
    assert.equal(code, 2);
    for (const part of says) assert.ok(line.includes(part), `${part} in ${line}`);
  });
}

test('a port that is taken is refused in one line, with exit code 1', async (t) => {
  const { port } = await startServer(t, echo);
  const [code, line] = refusal(await callSluice([`--entryPoints.pg.address=127.0.0.1:${port}`]));
  assert.equal(code, 1);
  assert.ok(line.includes('pg') && line.includes(`127.0.0.1:${port}`) && line.includes('in-use'));
});

/** A program with one route to an echo server, and a connection through it. */
async function connected(
  t: TestContext,
  flags: readonly string[] = [],
  surroundings?: Surroundings,
): Promise<{ sluice: Sluice; client: Client }> {
  const server = await startServer(t, echo);
  const folder = folderWith(t);
  writeFileSync(
    join(folder, 'echo.yml'),
    `tcp:
  routers:
    echo: {rule: "HostSNI(\`*\`)", entryPoints: [echo], service: echo}
  services:
    echo: {loadBalancer: {servers: [{address: "${server.address}"}]}}
`,
  );
  const sluice = await startSluice(
    t,
    ['echo'],
    [`--providers.file.directory=${folder}`, ...flags],
    surroundings,
  );
  const client = await eventually('the route', async () => {
    const one = new Client(t, sluice.port('echo'));
    await one.send('hello').gets('hello');
    return one;
  });
  return { sluice, client };
}

/** The lines of a log in JSON. */
const lines = (text: string): readonly Readonly<Record<string, unknown>>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const last = (text: string) => {
  const { msg, cut } = lines(text).at(-1) ?? {};
  return { msg, cut };
};

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} refuses newcomers, lets open connections end, and exits with 0`, async (t) => {
    const { sluice, client } = await connected(t);
    const stopped = sluice.stop(signal);
    await until('newcomers are refused', async () => {
      const newcomer = new Client(t, sluice.port('echo')).finish();
      return (await newcomer.ended) === 'reset';
    });
    await client.send(' still').gets('hello still');
    client.finish();
    assert.equal(await client.ended, 'fin');
    assert.equal(await stopped, 0);
    assert.deepEqual(last(sluice.output()), { msg: 'stopped', cut: 0 });
  });
}

test('a second signal cuts at once, and the exit code is still 0', async (t) => {
  const { sluice, client } = await connected(t, [
    '--entryPoints.echo.transport.lifeCycle.graceTimeOut=10m',
  ]);
  const stopped = sluice.stop();
  await until('it drains', () => sluice.output().includes('stopping'));
  sluice.process.kill('SIGTERM');
  assert.equal(await client.ended, 'reset');
  assert.equal(await stopped, 0);
  assert.deepEqual(last(sluice.output()), { msg: 'stopped', cut: 1 });
});

test('when the grace has run out the exit code is 0 too, and the log says how many were cut', async (t) => {
  const { sluice, client } = await connected(t, [
    '--entryPoints.echo.transport.lifeCycle.graceTimeOut=100ms',
  ]);
  assert.equal(await sluice.stop(), 0);
  assert.equal(await client.ended, 'reset');
  assert.deepEqual(last(sluice.output()), { msg: 'stopped', cut: 1 });
});

test('after a bug open connections drain, and the exit code is 1', async (t) => {
  const bug = 'process.on("SIGUSR2", () => { throw new Error("a bug of the test"); });';
  const { sluice, client } = await connected(t, [], {
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(bug)}` },
  });
  const stopped = sluice.stop('SIGUSR2');
  await until('it is said', () => sluice.output().includes('a bug of the test'));
  await client.send(' still').gets('hello still');
  client.finish();
  assert.equal(await client.ended, 'fin');
  assert.equal(await stopped, 1);
  assert.deepEqual(last(sluice.output()), { msg: 'stopped', cut: 0 });
});

test('SIGUSR1 goes on in a new log file, and the last line is written', async (t) => {
  const folder = folderWith(t);
  const path = join(folder, 'sluice.log');
  const { sluice, client } = await connected(t, [`--log.filePath=${path}`]);
  renameSync(path, join(folder, 'sluice.1.log'));
  sluice.process.kill('SIGUSR1');
  await until('there is a new file', () => existsSync(path));
  client.finish();
  assert.equal(await sluice.stop(), 0);
  assert.deepEqual(last(readFileSync(path, 'utf8')), { msg: 'stopped', cut: 0 });
  const ends = lines(readFileSync(path, 'utf8')).filter(
    ({ msg, entryPoint }) => msg === 'connection ended' && entryPoint === 'echo',
  );
  assert.equal(ends.length, 1);
});

test('over rotations of the access log every connection has one whole line in one of its files', async (t) => {
  const folder = folderWith(t);
  const path = join(folder, 'access.log');
  const { sluice, client } = await connected(t, [
    `--accessLog.filePath=${path}`,
    '--accessLog.bufferingSize=7',
  ]);
  client.finish();
  let clients = 0;
  for (let rotation = 1; rotation <= 3; rotation += 1) {
    const visit = async () => {
      clients += 1;
      await new Client(t, sluice.port('echo')).finish('hi').ended;
    };
    // Some end before the rename, some between it and the signal, and some after both.
    const before = Array.from({ length: 10 }, visit);
    await visit();
    renameSync(path, `${path}.${rotation}`);
    await visit();
    sluice.process.kill('SIGUSR1');
    await Promise.all([...before, visit(), visit()]);
    await until('there is a new file', () => existsSync(path));
  }
  assert.equal(await sluice.stop(), 0);
  const files = readdirSync(folder);
  assert.equal(files.length, 4);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  const ended = texts
    .flatMap((text) => text.trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ sent }) => sent === 2);
  assert.equal(new Set(ended.map(({ id }) => id)).size, clients);
  assert.equal(ended.length, clients);
  for (const text of texts) assert.ok(text.endsWith('\n'));
});

test('SIGHUP ends nothing', async (t) => {
  const { sluice, client } = await connected(t);
  sluice.process.kill('SIGHUP');
  await client.send(' again').gets('hello again');
  client.finish();
  assert.equal(await client.ended, 'fin');
  assert.equal(await sluice.stop(), 0);
});

test('sluice healthcheck asks the program that has the same options', async (t) => {
  const { sluice, client } = await connected(t);
  client.finish();
  const options = [`--entryPoints.traefik.address=127.0.0.1:${sluice.port('traefik')}`, '--ping'];
  const { code, stdout } = await callSluice(['healthcheck', ...options]);
  assert.deepEqual([code, stdout.startsWith('OK: ')], [0, true]);
  await sluice.stop();
  assert.equal((await callSluice(['healthcheck', ...options])).code, 1);
});

/** Of each thread of a process, by its id: how much it gives way. */
function niceness(pid: number): ReadonlyMap<number, number> {
  const folder = `/proc/${pid}/task`;
  return new Map(
    readdirSync(folder).map((thread) => {
      const [, rest = ''] = readFileSync(join(folder, thread, 'stat'), 'utf8').split(') ');
      // The 19th field of proc(5), of which the second ends with the bracket.
      return [Number(thread), Number(rest.split(' ')[16])];
    }),
  );
}

for (const given of [0, 3]) {
  test(`the thread of the providers gives way to the one that serves connections, at niceness ${given} of the program`, async (t) => {
    const { sluice } = await connected(t, [], { niceness: given });
    const { pid = 0 } = sluice.process;
    const own = niceness(pid).get(pid) ?? assert.fail('there is no such thread');
    const others = () => [...niceness(pid).values()].filter((one) => one !== own);
    await until('it gives way', () => others().length > 0);
    assert.deepEqual(others(), [own + 5]);
  });
}

test('a bug in the thread of the providers ends the program, which drains first', async (t) => {
  const folder = folderWith(t);
  const [preload, trigger] = [join(folder, 'bug.mjs'), join(folder, 'now')];
  writeFileSync(
    preload,
    `import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (!isMainThread) setInterval(() => { if (existsSync(${JSON.stringify(trigger)})) throw new Error('oh'); }, 10);
`,
  );
  const env = { NODE_OPTIONS: `--import=${preload}` };
  const { sluice, client } = await connected(t, [], { env });
  writeFileSync(trigger, '');
  await until('it stops', () => sluice.output().includes('a bug: stopping'));
  await client.send('still here').gets('still here');
  client.finish();
  await once(sluice.process, 'close');
  assert.equal(sluice.process.exitCode, 1);
  assert.equal(sluice.output().split('a bug: stopping').length, 2);
  assert.deepEqual(last(sluice.output()), { msg: 'stopped', cut: 0 });
});

test('a reader of the log that does not read holds up no connection, and gets all lines later', async (t) => {
  const server = await startServer(t, echo);
  const folder = folderWith(t, {
    'dynamic.yml': `
tcp:
  routers: { r: { rule: 'HostSNI(\`*\`)', entryPoints: [in], service: s } }
  services: { s: { loadBalancer: { servers: [{ address: '${server.address}' }] } } }
`,
  });
  const flags = [`--providers.file.directory=${folder}`, '--accessLog=true'];
  const sluice = await startSluice(t, ['in', 'out'], flags);
  await until('the route', async () => (await ask(sluice.port('in'), 'x')) === 'x');
  const client = new Client(t, sluice.port('in')).send('before');
  await client.gets('before');

  sluice.process.stdout?.pause();
  // More lines than any pipe takes.
  for (let n = 0; n < 1_500; n += 1) await ask(sluice.port('out'));
  await client.send(' and after').gets('before and after');
  sluice.process.stdout?.resume();
  client.finish();
  await sluice.stop();
  const lines = sluice.output().trimEnd().split('\n');
  const unrouted = lines
    .map((line) => JSON.parse(line) as { readonly entryPoint?: string; readonly msg?: string })
    .filter(({ entryPoint, msg }) => entryPoint === 'out' && msg === undefined);
  assert.equal(unrouted.length, 1_500);
});
