import assert from 'node:assert/strict';
import test from 'node:test';
import { inOrder, report } from '../../../src/cli/report.js';
import type { Diagnostic } from '../../../src/config/diagnostic.js';

const finding = (severity: Diagnostic['severity'], message: string): Diagnostic => ({
  severity,
  code: 'bad-value',
  message,
  value: 'x\u001b[2J',
  at: { kind: 'static', option: 'log.level', source: 'flag' },
});

const EXTENT = { routers: 1, services: 2, middlewares: 0, serversTransports: 0 };

test('each finding is shown once, what is worst first', () => {
  const [info, error, warning] = [
    finding('info', 'a'),
    finding('error', 'b'),
    finding('warning', 'c'),
  ];
  assert.deepEqual(inOrder([info, error, warning, { ...error }]), [error, warning, info]);
});

test('the last line says how much was read and how much is wrong', () => {
  const last = (found: readonly Diagnostic[], extent = EXTENT) =>
    report(found, extent, () => undefined)
      .trim()
      .split('\n')
      .at(-1);
  assert.equal(last([]), '1 router, 2 services: nothing is wrong');
  assert.equal(last([finding('info', 'a')]), '1 router, 2 services: nothing is wrong');
  assert.equal(
    last([finding('error', 'a'), finding('warning', 'b')]),
    '1 router, 2 services: 1 error, 1 warning',
  );
  assert.equal(
    last([], { ...EXTENT, routers: 0, services: 0 }),
    'nothing is declared: nothing is wrong',
  );
});

test('what was written reaches no terminal as it is', () => {
  assert.ok(!report([finding('error', 'a')], EXTENT, () => undefined).includes('\u001b'));
});
