import assert from 'node:assert/strict';
import type { StaticConfig } from '../../src/config/static.js';
import { run, type Running } from '../../src/run.js';
import type { LogFields } from '../../src/telemetry/log-fields.js';

/** The whole program within this process. */
export interface Program {
  readonly port: (entryPoint: string) => number;
  readonly running: Running;
}

/** Starts it; its entry points may have port 0, and the log tells which they got. */
export async function startProgram(config: StaticConfig): Promise<Program> {
  const ports = new Map<string, number>();
  const quiet = () => {};
  const running = await run(config, [], {
    fatal: quiet,
    error: quiet,
    warn: quiet,
    debug: quiet,
    isLevelEnabled: () => true,
    info({ entryPoint, address }: LogFields) {
      if (entryPoint !== undefined) ports.set(entryPoint, Number(address?.split(':').at(-1)));
    },
  });
  assert.ok('stop' in running, 'it cannot listen');
  return {
    port: (name) => ports.get(name) ?? assert.fail(`nobody listens on ${name}`),
    running,
  };
}
