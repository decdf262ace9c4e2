import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestContext } from 'node:test';
import { residentOf } from '../../bench/usage.js';
import { startSluice, type Sluice, type Surroundings } from '../../e2e/support/sluice.js';
import { folderWith } from '../../support/folder.js';
import { ask } from '../../support/http.js';

const PROBE = pathToFileURL(join(import.meta.dirname, 'probe.js')).href;

/** The built program, and a look into it. */
export interface Probed extends Sluice {
  /** Its heap and its buffers after a garbage collection, in bytes. */
  readonly memory: () => Promise<number>;
  /** Sets its wall clock, in ms from the system's. */
  readonly shiftClock: (ms: number) => Promise<void>;
  /** Its resident memory now, in bytes. */
  readonly resident: () => number;
  /** Descriptors that it has open. */
  readonly descriptors: () => number;
  /** One figure of its `/metrics`, of the series that begins with this. */
  readonly figure: (series: string) => Promise<number>;
}

export async function startProbed(
  t: TestContext,
  entryPoints: readonly string[],
  flags: readonly string[],
  surroundings: Surroundings = {},
): Promise<Probed> {
  const path = join(folderWith(t), 'probe.sock');
  const env = {
    ...surroundings.env,
    NODE_OPTIONS: `--import=${PROBE}`,
    SLUICE_TEST_PROBE: path,
  };
  const sluice = await startSluice(t, entryPoints, ['--metrics.prometheus=true', ...flags], {
    logLevel: 'info',
    ...surroundings,
    env,
  });
  return {
    ...sluice,
    async memory() {
      // The second one takes what the finalizers of the first let go.
      await probe(path, '/memory');
      const { heapUsed, external, arrayBuffers } = await probe(path, '/memory');
      return heapUsed + external + arrayBuffers;
    },
    async shiftClock(ms) {
      await probe(path, `/clock?shift=${ms}`);
    },
    resident: () => 1_024 * residentOf(sluice.process.pid ?? 0),
    descriptors: () => readdirSync(`/proc/${sluice.process.pid ?? 0}/fd`).length,
    async figure(series) {
      const { text } = await ask(sluice.port('traefik'), '/metrics');
      const line = text.split('\n').find((each) => each.startsWith(series));
      return Number(line?.slice(line.lastIndexOf(' ')) ?? NaN);
    },
  };
}

function probe(socketPath: string, path: string): Promise<NodeJS.MemoryUsage> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(JSON.parse(text) as NodeJS.MemoryUsage));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** For people who read along: what came out, in MB with one digit. */
export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
