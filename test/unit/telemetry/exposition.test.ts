import assert from 'node:assert/strict';
import test from 'node:test';
import { exposition, type Family } from '../../../src/telemetry/exposition.js';

const family = (samples: Family['samples']): Family => ({
  name: 'x_total',
  type: 'counter',
  help: 'What it is.',
  samples,
});

test('a family has its head once and a line for each value', () => {
  const text = exposition([
    family([
      { labels: {}, value: 3 },
      { labels: { a: '1', b: '2' }, value: 0.5 },
    ]),
  ]);
  const lines = ['# HELP x_total What it is.', '# TYPE x_total counter', 'x_total 3'];
  assert.equal(text, [...lines, 'x_total{a="1",b="2"} 0.5', ''].join('\n'));
});

test('what a label chose cannot begin a line or end a value', () => {
  const text = exposition([family([{ labels: { name: 'a"\\\nb' }, value: 1 }])]);
  assert.ok(text.endsWith('\nx_total{name="a\\"\\\\\\nb"} 1\n'));
});

test('a family without a value is left out', () => {
  assert.equal(exposition([family([])]), '');
});
