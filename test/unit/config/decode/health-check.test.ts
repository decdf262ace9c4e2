import assert from 'node:assert/strict';
import test from 'node:test';
import { healthCheckFindings } from '../../../../src/config/decode/health-check.js';
import type { HealthCheckConfig } from '../../../../src/config/model.js';

/** A section, and what is said about it: `severity code key`. */
const CASES: readonly (readonly [config: HealthCheckConfig, ...said: readonly string[]])[] = [
  [{}],
  [{ port: 0, interval: 0, timeout: 0, unhealthyInterval: 0 }],
  [{ port: 65_535, send: 'PING\\r\\n', expect: '\\x2bPONG', rise: 2, fall: 3 }],
  [{ port: 65_536 }, 'error bad-value port'],
  [{ port: -1 }, 'error bad-value port'],
  [{ send: '\\d', expect: '\\' }, 'error bad-value send', 'error bad-value expect'],
  [{ send: 'x'.repeat(65_535) }],
  [{ send: 'x'.repeat(65_536) }, 'error bad-value send'],
  [{ interval: -1_000 }, 'warning bad-value interval'],
  [{ interval: 1 }, 'warning bad-value interval'],
  [{ unhealthyInterval: 99 }, 'warning bad-value unhealthyInterval'],
  [{ timeout: 1 }],
  [{ timeout: -1 }, 'warning bad-value timeout'],
  [
    {
      mode: 'http',
      path: '/up?x=1',
      method: 'HEAD',
      status: 204,
      hostname: 'a.b:80',
      scheme: 'https',
    },
  ],
  [{ mode: 'http', path: 'up' }, 'error bad-value path'],
  [{ mode: 'http', path: '/a b' }, 'error bad-value path'],
  [{ mode: 'http', path: '/a\r\nX: y' }, 'error bad-value path'],
  [{ mode: 'http', path: '' }, 'error bad-value path'],
  [{ mode: 'http', method: 'GET /' }, 'error bad-value method'],
  [{ mode: 'http', hostname: 'a\nb' }, 'error bad-value hostname'],
  [{ mode: 'http', status: 99 }, 'error bad-value status'],
  [{ mode: 'http', send: 'x' }, 'warning ignored send'],
  [{ path: '/', status: 200 }, 'warning ignored path', 'warning ignored status'],
];

for (const [config, ...said] of CASES) {
  const text = JSON.stringify(config).slice(0, 80);
  test(`${text}: ${said.join(', ') || 'in order'}`, () => {
    assert.deepEqual(
      healthCheckFindings(config).map(({ severity, code, key }) => `${severity} ${code} ${key}`),
      said,
    );
  });
}
