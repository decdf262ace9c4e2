import assert from 'node:assert/strict';
import type { Answer } from '../../src/api/answer.js';
import { answerApi, type ApiSources } from '../../src/api/api.js';
import { compile } from '../../src/routing/compile.js';
import { Counters } from '../../src/telemetry/counters.js';
import type { RuntimeView } from '../../src/routing/runtime.js';
import { compileOptions } from './compile-options.js';
import { mergedConfig, type Objects } from './merged.js';

/** What the API shows of these objects once they are compiled. */
export const runtimeOf = (objects: Objects): RuntimeView =>
  compile(mergedConfig(objects), compileOptions(), undefined).runtime;

/** A program without anything, whose clock stands at one minute after the epoch. */
export function apiSources(rest: Partial<ApiSources> = {}): ApiSources {
  const runtime = runtimeOf({});
  return {
    runtime: () => runtime,
    counters: new Counters(),
    open: () => [],
    listening: [],
    revisions: () => ({ configuration: 0, findings: 0 }),
    diagnostics: () => [],
    providerHealth: () => [],
    identity: () => undefined,
    onConnect: () => new Map(),
    connections: { open: () => [], token: '' },
    entryPoints: new Map(),
    defaultTransport: compileOptions().defaultTransport,
    providers: [],
    features: { metrics: '', accessLog: false },
    version: '1.2.3',
    startDate: new Date(0),
    basePath: '/',
    maxDiscoveryAge: 300_000,
    now: () => 60_000,
    ...rest,
  };
}

/** Of a request that is answered at once. */
export function answered(...request: Parameters<typeof answerApi>): Answer | undefined {
  const answer = answerApi(...request);
  assert.ok(!(answer instanceof Promise), 'it takes its time');
  return answer;
}

/** Of an answer, which has it in pieces where there may be much of it. */
export const textOf = (body: string | readonly Buffer[]): string =>
  typeof body === 'string' ? body : Buffer.concat(body).toString();
