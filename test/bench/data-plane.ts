import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CASES, type Case } from './cases.js';
import { start, stop, type Contender, type Ports } from './contenders.js';
import { load, whileIdle, type Wall } from './load.js';
import { readOptions } from './options.js';
import { report, type Sample } from './report.js';
import { cpuOf, residentOf } from './usage.js';

/**
 * Sluice beside its peers. bench.ts runs this in a network namespace of its own, which has no connection
 * tracking: with it, a thousand connections a second fill the tables of the machine, and all stall.
 *
 * The figure is the CPU time of the proxy's process for one operation, or its memory for a connection.
 * The proxy has one core, clients and server another. In each repetition every contender is a fresh
 * process, and they take turns case by case, in an order that rotates: they are compared within the
 * repetition, so that a noisy minute hits all of them.
 */
const PROXY_CORE = 0;
const LOAD_CORE = availableParallelism() - 1;

interface Running {
  readonly contender: Contender;
  readonly process: ChildProcess;
  readonly ports: Ports;
}

const { reps, cases, contenders } = readOptions(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const samples: Sample[] = [];
try {
  for (let rep = 0; rep < reps; rep += 1) await repeat(rep);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const each of CASES.filter(({ name }) => cases.includes(name)))
  report(each, contenders, samples);

async function repeat(rep: number): Promise<void> {
  const running: Running[] = [];
  try {
    for (const [index, contender] of contenders.entries()) {
      const ports = { proxy: 9_001 + 2 * index, server: 9_002 + 2 * index };
      const own = join(folder, `${rep}-${index}`);
      mkdirSync(own);
      running.push({ contender, ports, process: await start(contender, PROXY_CORE, ports, own) });
    }
    for (const each of CASES.filter(({ name }) => cases.includes(name))) {
      for (const one of rotated(running, rep)) {
        samples.push({
          of: each,
          rep,
          contender: one.contender.name,
          ...(await measure(each, one)),
        });
      }
    }
  } finally {
    await Promise.all(running.map(({ process: child }) => stop(child)));
  }
}

function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const from = by % all.length;
  return [...all.slice(from), ...all.slice(0, from)];
}

async function measure(
  { name, work, warmUp, scale }: Case,
  { process: { pid = 0 }, ports }: Running,
): Promise<{ figure: number; wall?: Wall }> {
  if (name === 'idle') {
    const before = residentOf(pid);
    let after = before;
    await whileIdle(work, ports, LOAD_CORE, () => (after = residentOf(pid)));
    return { figure: ((after - before) / work.count) * scale };
  }
  await load({ ...work, count: warmUp }, ports, LOAD_CORE);
  const before = cpuOf(pid);
  const wall = await load(work, ports, LOAD_CORE);
  return { figure: ((cpuOf(pid) - before) / work.count) * scale, wall };
}
