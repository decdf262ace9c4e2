import type { ApiSources } from '../../src/api/api.js';
import { compile } from '../../src/routing/compile.js';
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
