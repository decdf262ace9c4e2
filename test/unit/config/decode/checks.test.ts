import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeDocument } from '../../../../src/config/decode/document.js';

function findingsOf(text: string): readonly string[] {
  const { diagnostics } = decodeDocument(text, {
    path: 'f.yml',
    format: 'yaml',
    provider: 'file',
    env: {},
  });
  return diagnostics.map(({ severity, code }) => `${severity} ${code}`);
}

/** A middleware, and what is said about it: `severity code at line`. */
const MIDDLEWARES: readonly (readonly [config: string, ...said: readonly string[]])[] = [
  ['ipAllowList: {sourceRange: [10.0.0.0/8, "::1"]}'],
  ['ipAllowList: {sourceRange: []}', 'error missing'],
  ['ipDenyList: {sourceRange: [10.0.0.0/33]}', 'error bad-value'],
  ['ipWhiteList: {sourceRange: [10.0.0.1]}', 'warning deprecated'],
  ['inFlightConn: {amount: 0}'],
  ['inFlightConn: {}', 'error bad-value'],
  ['rateLimit: {average: 0.5}'],
  ['rateLimit: {average: 10, period: 1m, burst: 20}'],
  ['rateLimit: {burst: 20}', 'error missing'],
  ['rateLimit: {average: 0}', 'error bad-value'],
  ['rateLimit: {average: -1, period: 0, burst: 0.5}', ...Array<string>(3).fill('error bad-value')],
  ['rateLimit: {average: 1, period: -1s}', 'error bad-value'],
  ['{ipDenyList: {sourceRange: [::1]}, rateLimit: {average: 1}}', 'error conflict'],
  ['{}', 'warning missing'],
];

/** A loadBalancer, likewise. */
const LOAD_BALANCERS: typeof MIDDLEWARES = [
  ['drain: keep, drainOnUnhealthy: 0, idleTimeout: 0, maxDuration: 1h'],
  ['drain: -1s, drainOnUnhealthy: -1', ...Array<string>(2).fill('error bad-value')],
  ['idleTimeout: -1, maxDuration: -1s', ...Array<string>(2).fill('error bad-value')],
  ['servers: [{address: "a:1", weight: -1}]', 'error bad-value'],
  ['passiveHealthCheck: {failureWindow: 0}', 'error bad-value'],
];

for (const [config, ...said] of LOAD_BALANCERS) {
  test(`the loadBalancer ${config}: ${said.join(', ') || 'in order'}`, () => {
    const text = `tcp:\n  services:\n    s: {loadBalancer: {${config}}}\n`;
    assert.deepEqual(findingsOf(text), said);
  });
}

for (const [config, ...said] of MIDDLEWARES) {
  test(`the middleware ${config}: ${said.join(', ') || 'in order'}`, () => {
    const text = `tcp:\n  middlewares:\n    m: ${config.startsWith('{') ? config : `{${config}}`}\n`;
    assert.deepEqual(findingsOf(text), said);
  });
}
