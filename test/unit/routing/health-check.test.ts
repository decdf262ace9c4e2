import assert from 'node:assert/strict';
import test from 'node:test';
import type { HealthCheckConfig } from '../../../src/config/model.js';
import { healthCheckOf } from '../../../src/routing/health-check.js';

const TIMES: readonly (readonly [
  written: HealthCheckConfig,
  interval: number,
  unhealthyInterval: number,
  timeout: number,
])[] = [
  [{}, 30_000, 30_000, 5_000],
  [{ interval: 10_000 }, 10_000, 10_000, 5_000],
  [{ interval: 10_000, unhealthyInterval: 2_000, timeout: 1_000 }, 10_000, 2_000, 1_000],
  [{ interval: 0, unhealthyInterval: 0, timeout: 0 }, 30_000, 30_000, 5_000],
  [{ interval: -1, unhealthyInterval: -1, timeout: -1 }, 30_000, 30_000, 5_000],
  [{ interval: 1, unhealthyInterval: 0.001 }, 100, 100, 5_000],
];

for (const [written, interval, unhealthyInterval, timeout] of TIMES) {
  test(`${JSON.stringify(written)} is checked every ${interval} ms`, () => {
    const check = healthCheckOf(written);
    assert.deepEqual(
      [check.interval, check.unhealthyInterval, check.timeout],
      [interval, unhealthyInterval, timeout],
    );
  });
}

test('the server is asked at its own port, unless another is written', () => {
  assert.deepEqual(
    [{}, { port: 0 }, { port: 8080 }].map((written) => healthCheckOf(written).port),
    [undefined, undefined, 8080],
  );
});

test('what is said and expected is unescaped', () => {
  const { question } = healthCheckOf({ send: 'PING\\r\\n', expect: '\\x2bPONG' });
  assert.deepEqual(question, {
    kind: 'tcp',
    send: Buffer.from('PING\r\n'),
    expect: Buffer.from('+PONG'),
  });
});

test('a check by HTTP asks for / with GET', () => {
  assert.deepEqual(healthCheckOf({ mode: 'http' }).question, {
    kind: 'http',
    method: 'GET',
    path: '/',
    hostname: '',
    status: undefined,
    scheme: undefined,
  });
});
