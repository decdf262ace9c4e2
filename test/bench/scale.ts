import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../e2e/support/sluice.js';
import { until } from '../support/eventually.js';
import { MAIN, NODE_24, stop } from './contenders.js';
import type { Order, Word } from './made-up-engine.js';
import { median, row, rounded } from './report.js';
import type { Stalls } from './stall.js';
import { cpuOf } from './usage.js';

const SIZES = [100, 1_000, 5_000];
/** First loads, of which the median counts. */
const LOADS = 3;
/** Long enough that the second list, a second after the first, is over. */
const WARM_UP = 10;
const STORM = { perSecond: 500, seconds: 10 };
/** After a change: what follows it, such as collecting garbage, is its cost as well. */
const AFTERMATH_MS = 150;

interface Load {
  readonly ms: number;
  readonly cpuMs: number;
}

interface Figures {
  /** The stalls are those of another one: measuring them takes CPU time itself. */
  readonly first: Load & { readonly stalls: Stalls };
  readonly change: {
    readonly ms: number;
    readonly cpuMs: number;
    readonly longest: number;
    readonly inspects: number;
  };
  readonly storm: { readonly swaps: number; readonly isRight: boolean; readonly stalls: Stalls };
}

/** What the control plane costs with an engine of so many labelled containers, and how that grows. */
export async function scale(changes: number): Promise<void> {
  console.log('\nscale: labelled containers on a made-up engine; a change is one new container');
  const all: Figures[] = [];
  for (const size of SIZES) all.push(await measure(size, changes));
  const line = (name: string, read: (figures: Figures) => number, aim: string) =>
    console.log(
      `${row(
        name,
        all.map((one) => rounded(read(one))),
      )}   aim ${aim}`,
    );
  console.log(
    row(
      '',
      SIZES.map((size) => size.toLocaleString('en')),
    ),
  );
  line('first ms', ({ first }) => first.ms, '2,000');
  line('first CPU ms', ({ first }) => first.cpuMs, '');
  line('first stall ms', ({ first }) => first.stalls.longest, '20');
  line('change ms', ({ change }) => change.ms, '50');
  line('change CPU ms', ({ change }) => change.cpuMs, '10');
  line('change stall ms', ({ change }) => change.longest, '20');
  line('inspects', ({ change }) => change.inspects, '1');
  const { perSecond, seconds } = STORM;
  console.log(`  ${perSecond} containers replaced a second for ${seconds} s:`);
  line('swaps', ({ storm }) => storm.swaps, `${seconds * 20 + 1}`);
  line('delay p99 ms', ({ storm }) => storm.stalls.p99, '50');
  line('stall ms', ({ storm }) => storm.stalls.longest, '20');
  for (const [index, { storm }] of all.entries())
    if (!storm.isRight) throw new Error(`${SIZES[index] ?? 0}: the last state is not right`);
}

async function measure(size: number, changes: number): Promise<Figures> {
  const loads: Load[] = [];
  for (let i = 0; i < LOADS; i += 1) loads.push(await running(size, load));
  const first = {
    ms: median(loads.map(({ ms }) => ms)),
    cpuMs: median(loads.map(({ cpuMs }) => cpuMs)),
  };
  return running(size, async (sluice) => {
    const { ask, tell, next, cpu, applied } = sluice;
    await ask('watch');
    await load(sluice);
    const firstStalls = (await ask('read')) as Stalls;

    const add = async () => {
      const swaps = applied.length;
      const used = cpu();
      const from = performance.now();
      const done = next('done');
      tell({ kind: 'add' });
      const { inspects } = await done;
      await until('the change', () => applied.length > swaps);
      await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
      return { ms: (applied[swaps]?.at ?? 0) - from, cpuMs: cpu() - used, inspects };
    };
    for (let i = 0; i < WARM_UP; i += 1) await add();
    const all = [];
    for (let i = 0; i < changes; i += 1) all.push(await add());
    const end = await add();
    await ask('watch');
    for (let i = 0; i < changes; i += 1) await add();
    const { longest } = (await ask('read')) as Stalls;

    await ask('watch');
    const swaps = applied.length;
    const done = next('done');
    tell({ kind: 'storm', ...STORM });
    const { router } = await done;
    const stalls = (await ask('read')) as Stalls;
    const isRight = await isShown(sluice.api, router);
    return {
      first: { ...first, stalls: firstStalls },
      change: {
        ms: median(all.map(({ ms }) => ms)),
        cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
        longest,
        inspects: (end.inspects - (all[0]?.inspects ?? 0)) / changes,
      },
      storm: { swaps: applied.length - swaps, isRight, stalls },
    };
  });
}

/** From the engine's first answer to the table that has all containers. */
async function load({ size, tell, cpu, applied }: Running): Promise<Load> {
  const [before, began] = [cpu(), performance.now()];
  tell({ kind: 'open' });
  // A table without them may come before, at the deadline for providers that have not delivered.
  const whole = () => applied.find(({ routers }) => routers >= size);
  await until('the first table', () => whole() !== undefined);
  return { ms: (whole()?.at ?? 0) - began, cpuMs: cpu() - before };
}

/** A program that has asked an engine its first question. */
interface Running {
  readonly size: number;
  /** The port of its API. */
  readonly api: number;
  readonly applied: readonly Applied[];
  readonly ask: (order: 'watch' | 'read') => Promise<unknown>;
  readonly tell: (order: Order) => void;
  /** Of the engine. */
  readonly next: <K extends Word['kind']>(kind: K) => Promise<Extract<Word, { readonly kind: K }>>;
  /** That it has used so far, in ms. */
  readonly cpu: () => number;
}

/** Both are there as long as they are used. */
async function running<T>(size: number, use: (running: Running) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const socket = join(folder, 'engine.sock');
  const file = join(import.meta.dirname, 'made-up-engine.js');
  const engine = fork(file, [socket, String(size)], { execPath: NODE_24 });
  let program: ChildProcess | undefined;
  try {
    await word(engine, 'listening');
    const api = await freePort();
    const asked = word(engine, 'asked');
    const started = start(socket, api, await freePort());
    program = started.program;
    const { pid = 0 } = program;
    await asked;
    return await use({
      size,
      api,
      applied: started.applied,
      ask: asker(program),
      tell: (order) => engine.send(order),
      next: (kind) => word(engine, kind),
      cpu: () => cpuOf(pid) * 1_000,
    });
  } finally {
    engine.disconnect();
    if (program) await stop(program);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Applied {
  readonly at: number;
  readonly routers: number;
}

/** The built program, and when it said that a configuration is in force. */
function start(socket: string, api: number, bench: number) {
  const program = spawn(
    NODE_24,
    [
      ...['--import', join(import.meta.dirname, 'stall.js'), MAIN],
      `--entryPoints.traefik.address=127.0.0.1:${api}`,
      `--entryPoints.bench.address=127.0.0.1:${bench}`,
      `--providers.docker.endpoint=unix://${socket}`,
      '--api.insecure',
    ],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  const applied: Applied[] = [];
  if (program.stdout === null) throw new Error('no output');
  createInterface({ input: program.stdout }).on('line', (line) => {
    if (!line.includes('"configuration applied"')) return;
    const { routers } = JSON.parse(line) as { readonly routers: number };
    applied.push({ at: performance.now(), routers });
  });
  return { program, applied };
}

const asker = (program: ChildProcess) => async (order: 'watch' | 'read') => {
  const answered = once(program, 'message');
  program.send(order);
  const [answer] = (await answered) as [unknown];
  return answer;
};

async function word<K extends Word['kind']>(
  engine: ChildProcess,
  kind: K,
): Promise<Extract<Word, { readonly kind: K }>> {
  for (;;) {
    const [said] = (await once(engine, 'message')) as [Word];
    if (said.kind === kind) return said as Extract<Word, { readonly kind: K }>;
  }
}

/** Of a place whose container was replaced, only the last one is there. */
async function isShown(api: number, router: string): Promise<boolean> {
  const statusOf = async (name: string) =>
    (await fetch(`http://127.0.0.1:${api}/api/tcp/routers/${name}@docker`)).status;
  await until('the last state', async () => (await statusOf(router)) === 200);
  return true;
}
