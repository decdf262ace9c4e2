import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { CASES } from './cases.js';
import { discovery } from './discovery.js';
import { readOptions } from './options.js';
import { scale } from './scale.js';

/**
 * `npm run bench -- [--reps=5] [--only=CASE,CASE] [--this-node]`: what Sluice costs beside its peers,
 * what strangers do to who is connected, how soon a container is reached, and what thousands of
 * containers cost. Cases: idle, connections, trips, streams, strangers, discovery, scale.
 */
const args = process.argv.slice(2);
const { reps, cases } = readOptions(args);
const [busy = 0] = loadavg();
console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? ''}, load ${busy}`);
if (busy > 0.5) console.log('something else is running here: believe nothing but the ratios');

if (CASES.some(({ name }) => cases.includes(name))) await inOwnNetwork('data-plane.js');
if (cases.includes('strangers')) await inOwnNetwork('strangers.js');
if (cases.includes('discovery')) await discovery(2 * reps);
if (cases.includes('scale')) await scale(2 * reps);

/** One that has no connection tracking, whose tables a bench would fill. */
async function inOwnNetwork(script: string): Promise<void> {
  const inside = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const file = join(import.meta.dirname, script);
  const child = spawn('unshare', ['-n', ...inside, process.execPath, file, ...args], {
    stdio: 'inherit',
  });
  await once(child, 'exit');
  if (child.exitCode !== 0) process.exit(1);
}
