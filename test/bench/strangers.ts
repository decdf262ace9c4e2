import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/eventually.js';
import { haproxyConfig, MAIN, NODE_24, stop } from './contenders.js';
import { load, type Wall } from './load.js';
import type { Order, Word } from './made-up-engine.js';
import { readOptions } from './options.js';
import { median, row, rounded } from './report.js';
import { cpuOf } from './usage.js';

/**
 * How long the round trips of one established connection take, while strangers keep the process busy:
 * 100 that make one TLS handshake after the other, and then an engine of 5,000 containers of which 500 a
 * second are replaced, beside `/api/rawdata` once a second. bench.ts runs this in a network namespace of
 * its own. The thread that serves connections has one core, and nothing else of this machine gets in its
 * way there; whoever troubles it shares the other with the clock, and yields to it. HAProxy in the same
 * place tells what the machine itself takes.
 */
const PROXY_CORE = 0;
const LOAD_CORE = availableParallelism() - 1;
const PORTS = { proxy: 9_001, server: 9_002, tls: 9_003, api: 9_004, labels: 9_005, sink: 9_006 };
const TRIPS = 4_000;
const STRANGERS = 100;
const CONTAINERS = 5_000;
const STORM = { perSecond: 500, seconds: 40 };
const AIM_MS = 2;

/** Anybody who is in the way; stops what it began. */
type Trouble = (engine: ChildProcess) => () => Promise<void>;
type Troubles = readonly (readonly [name: string, trouble: Trouble])[];

const STRANGE: Troubles = [
  ['nobody else', () => () => Promise.resolve()],
  [`${STRANGERS} strangers`, handshakes],
];
/** Who is measured, and beside whom. */
const MEASURED: readonly (readonly [() => Promise<ChildProcess>, string, Troubles])[] = [
  [haproxy, 'haproxy', STRANGE],
  [sluice, 'sluice', [...STRANGE, [`${STORM.perSecond} changes/s`, changes]]],
];

// Whoever is started here is on this core as well, unless it is told otherwise.
execFileSync('taskset', ['-cp', String(LOAD_CORE), String(process.pid)]);
// Where those get who have made their handshake.
const sink = createServer((connection) => connection.on('error', () => {}).resume());
sink.listen(PORTS.sink, '127.0.0.1');

const { reps } = readOptions(process.argv.slice(2));
console.log(`\nstrangers: round trips over one established connection; aim: p99 of ${AIM_MS} ms`);
console.log(row('', ['p50 ms', 'p99 ms', 'from', 'to', '% CPU']));
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const socket = join(folder, 'engine.sock');
const engine = fork(join(import.meta.dirname, 'made-up-engine.js'), [socket, String(CONTAINERS)]);
let program: ChildProcess | undefined;
try {
  await once(engine, 'message');
  engine.send({ kind: 'open' } satisfies Order);
  for (const [start, name, troubles] of MEASURED) {
    program = await start();
    console.log(`  ${name}, beside`);
    for (const [beside, trouble] of troubles) await measure(beside, trouble, program);
    await stop(program);
  }
} finally {
  engine.disconnect();
  if (program) await stop(program);
  sink.close();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(name: string, trouble: Trouble, { pid = 0 }: ChildProcess): Promise<void> {
  const end = trouble(engine);
  const walls: Wall[] = [];
  const busy: number[] = [];
  try {
    // The first one warms up.
    for (let rep = 0; rep <= reps; rep += 1) {
      const before = cpuOf(pid);
      const wall = await load({ mode: 'paced', count: TRIPS, parallel: 1 }, PORTS, LOAD_CORE);
      if (rep === 0) continue;
      walls.push(wall);
      busy.push(((cpuOf(pid) - before) / wall.seconds) * 100);
    }
  } finally {
    await end();
  }
  const p99 = walls.map((wall) => wall.p99 / 1e3);
  const p50 = walls.map((wall) => wall.p50 / 1e3);
  const figures = [median(p50), median(p99), Math.min(...p99), Math.max(...p99), median(busy)];
  console.log(row(name, figures.map(rounded)));
}

function handshakes() {
  const strangers = Array.from({ length: STRANGERS }, () =>
    spawn(
      'nice',
      [
        '-n',
        '19',
        'openssl',
        's_time',
        '-new',
        '-connect',
        `127.0.0.1:${PORTS.tls}`,
        '-time',
        '600',
      ],
      { stdio: 'ignore' },
    ),
  );
  return async () => {
    await Promise.all(strangers.map(stop));
  };
}

function changes(of: ChildProcess) {
  let isOver = false;
  of.send({ kind: 'storm', ...STORM } satisfies Order);
  const over = (async () => {
    for (;;) {
      const [said] = (await once(of, 'message')) as [Word];
      if (said.kind === 'done') return;
    }
  })();
  const reading = (async () => {
    while (!isOver) {
      await (await fetch(`http://127.0.0.1:${PORTS.api}/api/rawdata`)).arrayBuffer();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  })();
  return async () => {
    isOver = true;
    await Promise.all([over, reading]);
  };
}

/** Its one thread on the core, as every bench here has it. */
async function haproxy(): Promise<ChildProcess> {
  const [file, pair] = [join(folder, 'haproxy.cfg'), join(folder, 'pair.pem')];
  // As the one that Sluice makes for itself.
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-subj', '/CN=bench', '-keyout', `${pair}.key`, '-out', pair],
  ]);
  const listen = `listen pipe
  bind 127.0.0.1:${PORTS.proxy}
  server one 127.0.0.1:${PORTS.server}
listen tls
  bind 127.0.0.1:${PORTS.tls} ssl crt ${pair}
  server sink 127.0.0.1:${PORTS.sink}
`;
  writeFileSync(file, haproxyConfig(listen));
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
  await until('haproxy listens', () => accepts(PORTS.tls));
  favour(child);
  return child;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}

/** Gives the first thread of a process the core. */
function favour({ pid }: ChildProcess): void {
  execFileSync('taskset', ['-cp', String(PROXY_CORE), String(pid)]);
  execFileSync('chrt', ['-f', '-p', '5', String(pid)]);
}

/** The built program, once everything is routed. */
async function sluice(): Promise<ChildProcess> {
  const file = join(folder, 'dynamic.yml');
  writeFileSync(
    file,
    `tcp:
  routers:
    pipe: { rule: "HostSNI(\`*\`)", entryPoints: [pipe], service: pipe }
    tls: { rule: "HostSNI(\`*\`)", entryPoints: [tls], service: sink, tls: {} }
  services:
    sink: { loadBalancer: { servers: [{ address: "127.0.0.1:${PORTS.sink}" }] } }
    pipe: { loadBalancer: { servers: [{ address: "127.0.0.1:${PORTS.server}" }] } }
`,
  );
  const child = spawn(
    'taskset',
    [
      ...['-c', `0-${LOAD_CORE}`, NODE_24, MAIN],
      `--entryPoints.pipe.address=127.0.0.1:${PORTS.proxy}`,
      `--entryPoints.tls.address=127.0.0.1:${PORTS.tls}`,
      `--entryPoints.bench.address=127.0.0.1:${PORTS.labels}`,
      `--entryPoints.traefik.address=127.0.0.1:${PORTS.api}`,
      `--providers.file.filename=${file}`,
      `--providers.docker.endpoint=unix://${socket}`,
      '--api.insecure',
      '--log.level=ERROR',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  await until('all containers are routed', async () => {
    const response = await fetch(`http://127.0.0.1:${PORTS.api}/api/overview`).catch(() => {});
    if (response?.ok !== true) return false;
    const { tcp } = (await response.json()) as { tcp: { routers: { total: number } } };
    return tcp.routers.total >= CONTAINERS + 2;
  });
  favour(child);
  return child;
}
