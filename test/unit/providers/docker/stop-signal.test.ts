import assert from 'node:assert/strict';
import test from 'node:test';
import { isMeantToEnd, signalNumber } from '../../../../providers/docker/stop-signal.js';

for (const [written, number] of [
  ['15', 15],
  ['SIGTERM', 15],
  ['TERM', 15],
  ['sigint', 2],
  ['SIGRTMIN', 34],
  ['SIGRTMIN+3', 37],
  ['RTMAX-2', 62],
  ['', undefined],
  ['SIG', undefined],
  ['constructor', undefined],
  ['100', undefined],
] as const) {
  test(`the signal '${written}' has the number ${number}`, () => {
    assert.equal(signalNumber(written), number);
  });
}

for (const [signal, stopSignal, isMeant] of [
  ['15', 'SIGTERM', true],
  ['9', 'SIGTERM', true],
  ['SIGKILL', 'SIGQUIT', true],
  ['3', 'SIGQUIT', true],
  ['37', 'SIGRTMIN+3', true],
  ['15', 'SIGQUIT', false],
  ['1', 'SIGTERM', false],
  ['', 'SIGTERM', false],
  ['nonsense', 'nonsense', false],
] as const) {
  test(`signal '${signal}' ${isMeant ? 'ends' : 'does not end'} who stops by ${stopSignal}`, () => {
    assert.equal(isMeantToEnd(signal, stopSignal), isMeant);
  });
}
