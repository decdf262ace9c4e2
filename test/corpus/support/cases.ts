import assert from 'node:assert/strict';
import test from 'node:test';
import { formatPlace, type Diagnostic } from '../../../src/config/diagnostic.js';
import type { DiagnosticCode } from '../../../src/config/diagnostic-codes.js';
import { outcomeOf, type Setup } from './setup.js';

/** A setup that is wrong, and the one finding about it. */
export interface Wrong {
  readonly of: string;
  readonly setup: Setup;
  readonly code: DiagnosticCode;
  /** Default: error or warning, whichever it is. Of an info only that it is there is asked. */
  readonly severity?: 'info';
  /** Parts of its place: the object, the label or tag, file and line. */
  readonly at: readonly string[];
  /** What is wrong: the name or the value itself. */
  readonly value?: string;
  /** What to do: names and values that the advice must hold. */
  readonly advice: readonly string[];
  /** It concerns the whole provider: `beside` does not work either. */
  readonly breaks?: boolean;
  /** Routers that go on working, besides `beside` of each provider. */
  readonly works?: readonly string[];
}

/** A setup that is right: nothing is said above info, and these routers work. */
export interface Right {
  readonly of: string;
  readonly setup: Setup;
  readonly works: readonly string[];
}

const isLoud = ({ severity }: Diagnostic) => severity !== 'info';

/** One line a finding, for the message of a test that fails. */
const shown = (found: readonly Diagnostic[]) =>
  found.map(
    ({ severity, code, at, message, value, fix, suggestions }) =>
      `${severity} ${code} | ${formatPlace(at)} | ${message} | ${value ?? '-'} | ${fix ?? '-'} | ${(suggestions ?? []).join(', ')}`,
  );

export function wrongSetups(theme: string, cases: readonly Wrong[]): void {
  for (const one of cases) {
    test(`${theme}: ${one.of}`, async (t) => {
      const { diagnostics, runtime } = await outcomeOf(one.setup, t);
      const all = shown(diagnostics).join('\n');
      const loud = diagnostics.filter(isLoud);
      const quiet = diagnostics.filter(({ code }) => code === one.code);
      const [found, ...more] = one.severity === 'info' ? [...loud, ...quiet] : loud;
      assert.ok(found, `nothing is said\n${all}`);
      assert.equal(more.length, 0, `said more than once\n${all}`);
      assert.equal(found.code, one.code, all);
      const place = [formatPlace(found.at), found.object?.name ?? ''].join(' ');
      for (const part of one.at)
        assert.ok(place.includes(part), `not at ${part}: ${place}\n${all}`);
      if (one.value !== undefined) assert.equal(found.value, one.value, all);
      const advice = [found.fix ?? '', ...(found.suggestions ?? [])].join(' ');
      assert.notEqual(advice.trim(), '', `no advice\n${all}`);
      for (const word of one.advice) {
        assert.ok(advice.includes(word), `does not advise ${word}\n${all}`);
      }
      assertWorks(
        runtime.routers,
        [...(one.breaks ? [] : besideOf(one.setup)), ...(one.works ?? [])],
        all,
      );
    });
  }
}

export function rightSetups(theme: string, cases: readonly Right[]): void {
  for (const { of, setup, works } of cases) {
    test(`${theme}, right: ${of}`, async (t) => {
      const { diagnostics, runtime } = await outcomeOf(setup, t);
      assert.deepEqual(shown(diagnostics.filter(isLoud)), []);
      assertWorks(runtime.routers, [...besideOf(setup), ...works], shown(diagnostics).join('\n'));
    });
  }
}

const besideOf = ({ containers, instances, files }: Setup) => [
  ...(containers ? ['beside@docker'] : []),
  ...(instances ? ['beside@consulcatalog'] : []),
  ...(files ? ['beside@file'] : []),
];

function assertWorks(
  routers: ReadonlyMap<string, { readonly status: string }>,
  names: readonly string[],
  all: string,
): void {
  for (const name of names) {
    assert.equal(routers.get(name)?.status, 'enabled', `${name} does not work\n${all}`);
  }
}
