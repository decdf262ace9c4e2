import assert from 'node:assert/strict';
import test from 'node:test';
import { textOf } from '../../support/api.js';
import { atOnce } from '../../../src/async/slices.js';
import {
  exposition,
  labelText,
  withLabel,
  type Family,
  type Sample,
} from '../../../src/telemetry/exposition.js';

const text = (...samples: readonly Sample[]) => {
  const family: Family = { name: 'x_total', type: 'counter', help: 'What it is.', samples };
  return textOf(atOnce(exposition([family])));
};

test('a family has its head once and a line for each value', () => {
  const two = labelText({ a: '1', b: '2' });
  const lines = ['# HELP x_total What it is.', '# TYPE x_total counter', 'x_total 3'];
  assert.equal(
    text({ labels: '', value: 3 }, { labels: two, value: 0.5 }),
    [...lines, 'x_total{a="1",b="2"} 0.5', ''].join('\n'),
  );
});

test('what a label chose cannot begin a line or end a value', () => {
  const labels = withLabel(labelText({ name: 'a"\\\nb' }), 'le', 0.5);
  assert.ok(text({ labels, value: 1 }).endsWith('\nx_total{name="a\\"\\\\\\nb",le="0.5"} 1\n'));
});

test('the values of a histogram have what they are behind the name', () => {
  const lines = text({ labels: '{le="1"}', value: 1, suffix: '_bucket' }).split('\n');
  assert.equal(lines[2], 'x_total_bucket{le="1"} 1');
});

test('thousands of lines are all there', () => {
  const samples = Array.from({ length: 2_500 }, (_, value) => ({ labels: '', value }));
  const lines = text(...samples).split('\n');
  assert.deepEqual([lines.length, lines[2], lines[2_501]], [2_503, 'x_total 0', 'x_total 2499']);
});

test('a family without a value is left out', () => {
  assert.equal(text(), '');
});
