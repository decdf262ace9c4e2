import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { discovery } from './discovery.js';
import { readOptions } from './options.js';
import { scale } from './scale.js';

/**
 * `npm run bench -- [--reps=5] [--only=CASE,CASE] [--this-node]`: what Sluice costs beside its peers,
 * how soon a container is reached, and what thousands of containers cost. Cases: idle, connections,
 * trips, streams, discovery, scale.
 */
const args = process.argv.slice(2);
const { reps, cases } = readOptions(args);
const [busy = 0] = loadavg();
console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? ''}, load ${busy}`);
if (busy > 0.5) console.log('something else is running here: believe nothing but the ratios');

if (cases.some((name) => name !== 'discovery' && name !== 'scale')) {
  // A network of its own has no connection tracking, whose tables a bench would fill.
  const inside = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const dataPlane = join(import.meta.dirname, 'data-plane.js');
  const child = spawn('unshare', ['-n', ...inside, process.execPath, dataPlane, ...args], {
    stdio: 'inherit',
  });
  await once(child, 'exit');
  if (child.exitCode !== 0) process.exit(1);
}
if (cases.includes('discovery')) await discovery(2 * reps);
if (cases.includes('scale')) await scale(2 * reps);
