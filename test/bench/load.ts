import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Ports } from './contenders.js';

const LOAD = join(import.meta.dirname, 'load');
const exec = promisify(execFile);

/** What load.c does; it explains each. */
export interface Work {
  readonly mode: 'connections' | 'trips' | 'paced' | 'streams' | 'idle';
  readonly count: number;
  readonly parallel: number;
}

export interface Wall {
  readonly seconds: number;
  /** Of one operation, in microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Runs the clients and the server on one core, to the end. */
export async function load(work: Work, ports: Ports, core: number): Promise<Wall> {
  // A clock must not wait for the others on its core.
  const first = work.mode === 'paced' ? ['chrt', '-f', '10'] : [];
  const [command = '', ...args] = [...first, 'taskset', ...argumentsOf(work, ports, core)];
  const { stdout } = await exec(command, args, { timeout: 60_000 });
  const [seconds = NaN, p50 = NaN, p99 = NaN] = stdout.split(' ').map(Number);
  return { seconds, p50, p99 };
}

/** Opens connections, calls `open` while all of them are idle, and closes them. */
export async function whileIdle(
  work: Work,
  ports: Ports,
  core: number,
  open: () => void,
): Promise<void> {
  const child = spawn('taskset', argumentsOf(work, ports, core), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const bytes of child.stdout) {
    output += String(bytes);
    if (!output.endsWith('open\n')) continue;
    open();
    child.stdin.end();
  }
  if (child.exitCode === null) await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error('the connections could not be opened');
}

const argumentsOf = ({ mode, count, parallel }: Work, { proxy, server }: Ports, core: number) =>
  ['-c', core, LOAD, mode, proxy, server, count, parallel].map(String);
