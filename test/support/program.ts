import assert from 'node:assert/strict';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { StaticConfig } from '../../src/config/static.js';
import { run, type Running } from '../../src/run.js';
import { RecordedLog } from './recorded-log.js';

/** The whole program within this process. */
export interface Program {
  readonly port: (entryPoint: string) => number;
  readonly running: Running;
  readonly log: RecordedLog;
}

/** Starts it; its entry points may have port 0, and the log tells which they got. */
export async function startProgram(
  config: StaticConfig,
  findings: readonly Diagnostic[] = [],
): Promise<Program> {
  const log = new RecordedLog();
  const running = await run(config, findings, log);
  assert.ok('stop' in running, 'it cannot listen');
  const ports = new Map(
    log.lines.flatMap(({ fields: { entryPoint, address } }) =>
      entryPoint === undefined ? [] : [[entryPoint, Number(address?.split(':').at(-1))]],
    ),
  );
  return {
    port: (name) => ports.get(name) ?? assert.fail(`nobody listens on ${name}`),
    running,
    log,
  };
}
