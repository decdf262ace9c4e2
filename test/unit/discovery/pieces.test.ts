import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import type { Part, Snapshot } from '../../../src/config/provider.js';
import { Assembly, NOTHING, piecesOf } from '../../../src/discovery/pieces.js';
import { part, served } from '../../support/parts.js';

/** More than one piece has room for. */
const PARTS: readonly Part[] = Array.from({ length: 80 }, (_, n) =>
  part(`c${n}`, served('10.0.0.1:80', `c${n}`)),
);
const FINDINGS: readonly Diagnostic[] = Array.from({ length: 80 }, (_, n) => ({
  code: 'unreadable',
  severity: 'warning',
  provider: 'docker',
  at: { kind: 'endpoint', url: `unix:///${n}` },
  message: 'a finding',
}));
const some = <T>(all: readonly T[]) =>
  fc.oneof(fc.subarray([...all]), fc.shuffledSubarray([...all]), fc.constant([...all]));
const snapshots = fc.record({ parts: some(PARTS), diagnostics: some(FINDINGS) });

const isNew = (stretch: object) => 'added' in stretch;

test('a snapshot that went over in pieces is the same, and so is each object that both sides had', () => {
  fc.assert(
    fc.property(fc.array(snapshots, { minLength: 1, maxLength: 5 }), (series) => {
      let [here, there]: [Snapshot, Snapshot] = [NOTHING, NOTHING];
      for (const now of series) {
        const assembly = new Assembly(there);
        const pieces = [...piecesOf(here, now)];
        const whole = pieces.map((piece) => assembly.add(structuredClone(piece)));
        const arrived = whole.pop() ?? assert.fail('the last piece makes it whole');
        assert.ok(whole.every((unfinished) => unfinished === undefined));
        assert.deepEqual(arrived, { ...now });
        for (const section of ['parts', 'diagnostics'] as const) {
          const places = new Map<object, number>(here[section].map((one, n) => [one, n]));
          for (const [n, one] of now[section].entries()) {
            const before = places.get(one);
            if (before === undefined) continue;
            assert.equal(arrived[section][n], there[section][before]);
          }
        }
        [here, there] = [now, arrived];
      }
    }),
  );
});

test('a piece holds few new objects, whose number is all that it costs', () => {
  const of = (before: Snapshot, parts: readonly Part[]) => [
    ...piecesOf(before, { parts, diagnostics: [] }),
  ];
  const all = of(NOTHING, PARTS);
  assert.equal(all.length, 3);
  const [only, ...others] = of({ parts: PARTS, diagnostics: [] }, [
    ...PARTS.slice(0, 40),
    part('another', served('10.0.0.2:80')),
    ...PARTS.slice(41),
  ]);
  assert.deepEqual(others, []);
  assert.equal(only?.parts.length, 3);
  assert.equal(only.parts.filter(isNew).length, 1);
});
