import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeDocument } from '../../../../src/config/decode/document.js';

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

for (const [config, ...said] of MIDDLEWARES) {
  test(`the middleware ${config}: ${said.join(', ') || 'in order'}`, () => {
    const text = `tcp:\n  middlewares:\n    m: ${config.startsWith('{') ? config : `{${config}}`}\n`;
    const { diagnostics } = decodeDocument(text, {
      path: 'f.yml',
      format: 'yaml',
      provider: 'file',
      env: {},
    });
    assert.deepEqual(
      diagnostics.map(({ severity, code }) => `${severity} ${code}`),
      said,
    );
  });
}
