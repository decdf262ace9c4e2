import assert from 'node:assert/strict';
import fc from 'fast-check';
import test from 'node:test';
import { Rivals } from '../../../../providers/docker/rivals.js';
import type { Part } from '../../../../src/config/provider.js';
import { part } from '../../../support/parts.js';

const NAMES = ['a', 'b', 'c'];
const IDS = ['1', '2', '3', '4'];

const declaring = (id: string, names: readonly string[]): Part =>
  part(id, {
    routers: Object.fromEntries(names.map((name) => [name, { rule: 'HostSNI(`*`)' }])),
    services: Object.fromEntries(names.map((name) => [`of-${name}`, {}])),
  });

test('names of two sections are two names', () => {
  const rivals = new Rivals();
  rivals.set('1', part('1', { routers: { a: { rule: 'HostSNI(`*`)' } } }));
  rivals.set('2', part('2', { services: { a: {} } }));
  assert.deepEqual(rivals.take(), []);
});

test('whoever becomes a rival is taken once, together with the one that was there before', () => {
  const rivals = new Rivals();
  rivals.set('1', declaring('1', ['a']));
  assert.deepEqual(rivals.take(), []);
  rivals.set('2', declaring('2', ['a', 'b']));
  assert.deepEqual([...rivals.take()].sort(), ['1', '2']);
  assert.deepEqual(rivals.take(), []);
  rivals.set('3', declaring('3', ['a']));
  assert.deepEqual(rivals.take(), ['3']);
});

test('they are those that share a name, whatever happened before', () => {
  const step = fc.record({
    id: fc.constantFrom(...IDS),
    names: fc.option(fc.subarray(NAMES), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const rivals = new Rivals();
      const model = new Map<string, readonly string[]>();
      const taken = new Set<string>();
      for (const { id, names } of steps) {
        const others = (name: string) =>
          [...model].some(([other, has]) => other !== id && has.includes(name));
        rivals.set(id, names && declaring(id, names));
        model.set(id, names ?? []);
        for (const one of rivals.take()) taken.add(one);
        if (names?.some(others) === true) assert.ok(taken.has(id));
      }
      for (const id of IDS) {
        const own = model.get(id) ?? [];
        const shares = [...model].some(
          ([other, has]) => other !== id && has.some((name) => own.includes(name)),
        );
        assert.equal(rivals.isRival(id), shares);
        if (shares) assert.ok(taken.has(id));
      }
    }),
  );
});
