import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { conditionOf } from '../../src/rule/condition.js';
import { parseRule } from '../../src/rule/parser.js';
import { defaultPriority } from '../../src/rule/priority.js';
import { hostThatNeedsTls } from '../../src/rule/rule.js';

interface Vector {
  readonly id: string;
  readonly input: {
    readonly rule: string;
    readonly tls: boolean | 'passthrough';
    readonly priority?: number;
    readonly ruleSyntax?: string;
  };
  readonly traefik: { readonly accepted: boolean; readonly priority: number };
  readonly sluice?: { readonly decision: string };
}

interface Verdict {
  readonly accepted: boolean;
  /** Effective. */
  readonly priority: number;
  /** Codes of what is said about an accepted rule. */
  readonly notes?: readonly string[];
}

/** What we decided otherwise, by id: the whole verdict. */
const OURS: Readonly<Record<string, Verdict>> = {
  'any-not': { accepted: true, priority: -1, notes: ['never-matches'] },
  'host-after-any-without-tls': { accepted: false, priority: 33 },
  'regexp-v2-braces': { accepted: true, priority: 40, notes: ['v2-syntax'] },
  'regexp-without-tls': { accepted: true, priority: 20, notes: ['never-matches'] },
};

function verdictOf({ rule, tls, priority = 0, ruleSyntax }: Vector['input']): Verdict {
  const parsed = parseRule(rule);
  const effective =
    priority === 0 ? Number(defaultPriority(rule, parsed.ok ? parsed.value : undefined)) : priority;
  if (!parsed.ok || (tls === false && hostThatNeedsTls(parsed.value))) {
    return { accepted: false, priority: effective };
  }
  const condition = conditionOf(parsed.value, ruleSyntax === 'v2' ? 'v2' : 'v3');
  if (!condition.ok) return { accepted: false, priority: effective };
  const { notes, onPlain, onTls } = condition.value;
  const never = (tls === false ? onPlain : onTls) === false ? ['never-matches'] : [];
  return {
    accepted: true,
    priority: effective,
    notes: [...notes.map(({ code }) => code), ...never],
  };
}

const { vectors } = JSON.parse(readFileSync('test/conformance/vectors/rules.json', 'utf8')) as {
  readonly vectors: readonly Vector[];
};

for (const { id, input, traefik, sluice } of vectors) {
  test(`rules: ${id}`, () => {
    const verdict = verdictOf(input);
    if (sluice) {
      assert.deepEqual(verdict, OURS[id]);
    } else {
      const { accepted, priority } = verdict;
      assert.deepEqual(
        { accepted, priority },
        { accepted: traefik.accepted, priority: traefik.priority },
      );
    }
  });
}
