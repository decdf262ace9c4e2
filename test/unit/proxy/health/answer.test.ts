import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { HealthCheckConfig } from '../../../../src/config/model.js';
import { judge, wordsOf } from '../../../../src/proxy/health/answer.js';
import { healthCheckOf } from '../../../../src/routing/health-check.js';

const asking = (config: HealthCheckConfig) => healthCheckOf(config).question;

function inShort(config: HealthCheckConfig, answer: string, hasEnded = false): string {
  const verdict = judge(asking(config), Buffer.from(answer, 'latin1'), hasEnded);
  if (verdict === undefined) return 'more';
  return verdict.result === 'bad' ? verdict.reason : verdict.result;
}

const HTTP: HealthCheckConfig = { mode: 'http' };

const CASES: readonly (readonly [
  config: HealthCheckConfig,
  answer: string,
  verdict: string,
  ifEnded?: string,
])[] = [
  [{}, '', 'good'],
  [{ expect: '+PONG' }, '', 'more', 'closed'],
  [{ expect: '+PONG' }, '+PO', 'more', 'closed'],
  [{ expect: '+PONG' }, '+PONG', 'good'],
  [{ expect: '+PONG' }, '+PONG\r\nand more', 'good'],
  [{ expect: '+PONG' }, '-ERR', 'wrong-answer'],
  [{ expect: '+PONG' }, '+PX', 'wrong-answer'],
  [{ expect: '\\x00\\xff' }, '\x00\xff', 'good'],
  [HTTP, '', 'more', 'closed'],
  [HTTP, 'HTTP/1.1 20', 'more', 'closed'],
  [HTTP, 'HTTP/1.1 200', 'good'],
  [HTTP, 'HTTP/1.0 301 Moved\r\n', 'good'],
  [HTTP, 'HTTP/1.1 404 Not Found\r\n', 'wrong-status'],
  [HTTP, 'HTTP/1.1 503 \r\n\r\n', 'wrong-status'],
  [{ ...HTTP, status: 204 }, 'HTTP/1.1 200 OK\r\n', 'wrong-status'],
  [{ ...HTTP, status: 503 }, 'HTTP/1.1 503 Yes\r\n', 'good'],
  [HTTP, 'SSH-2.0-OpenSSH', 'wrong-answer'],
  [HTTP, 'HTTP/2.0 200 OK', 'wrong-answer'],
];

for (const [config, answer, verdict, ifEnded = verdict] of CASES) {
  test(`${JSON.stringify(config)}: ${JSON.stringify(answer)} is ${verdict}`, () => {
    assert.equal(inShort(config, answer), verdict);
    assert.equal(inShort(config, answer, true), ifEnded);
  });
}

test('in however many reads an answer comes, the verdict is the same', () => {
  const answers = fc.constantFrom('+PONG\r\n', '+POND', 'HTTP/1.1 200 OK', 'HTTP/1.1 500 No', 'x');
  const configs = fc.constantFrom<HealthCheckConfig>({ expect: '+PONG' }, HTTP);
  fc.assert(
    fc.property(configs, answers, (config, answer) => {
      const whole = inShort(config, answer, true);
      for (let length = 0; length < answer.length; length += 1) {
        const early = inShort(config, answer.slice(0, length));
        assert.ok(early === 'more' || early === whole, `${early} after ${length}`);
      }
    }),
  );
});

test('a wrong answer is shown', () => {
  const verdict = judge(asking({ expect: 'x' }), Buffer.from(`no\r\n${'y'.repeat(100)}`), false);
  assert.deepEqual(verdict, {
    result: 'bad',
    reason: 'wrong-answer',
    detail: JSON.stringify(`no\r\n${'y'.repeat(36)}`),
  });
});

const WORDS: readonly (readonly [config: HealthCheckConfig, host: string, words: string])[] = [
  [{}, 'db', ''],
  [{ send: 'PING\\r\\n' }, 'db', 'PING\r\n'],
  [
    HTTP,
    'db',
    'GET / HTTP/1.1\r\nHost: db:80\r\nUser-Agent: Sluice\r\nAccept: */*\r\nConnection: close\r\n\r\n',
  ],
  [
    { ...HTTP, method: 'HEAD', path: '/up', hostname: 'x.test' },
    'db',
    'HEAD /up HTTP/1.1\r\nHost: x.test\r\nUser-Agent: Sluice\r\nAccept: */*\r\nConnection: close\r\n\r\n',
  ],
  [
    HTTP,
    '::1',
    'GET / HTTP/1.1\r\nHost: [::1]:80\r\nUser-Agent: Sluice\r\nAccept: */*\r\nConnection: close\r\n\r\n',
  ],
];

for (const [config, host, words] of WORDS) {
  test(`${JSON.stringify(config)} says ${JSON.stringify(words.slice(0, 40))} to ${host}`, () => {
    assert.equal(wordsOf(asking(config), host, 80).toString(), words);
  });
}
