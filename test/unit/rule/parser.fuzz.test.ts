import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { conditionOf } from '../../../src/rule/condition.js';
import type { RuleFacts, RuleSyntax } from '../../../src/rule/matcher.js';
import { parseRule } from '../../../src/rule/parser.js';
import { edited, edits, Tally } from '../../support/fuzz.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const RUNS = 100_000;
const NO_STALL = { timeout: 120_000 };

const SEEDS = [
  'HostSNI(`*`)',
  'HostSNI(`a.test`) && ClientIP(`10.0.0.0/8`) || !ALPN(`h2`)',
  '!(HOSTSNI("*.a.test") || (hostsni(`b`) && Alpn("x\\x2ey\\u0041")))',
  'HostSNIRegexp(`^(?i)[a-z0-9-]{1,63}\\.(?P<x>a|b)$`)',
  'HostSNIRegexp(`{sub:[a-z]{2}}.a.test`, `{x}`)',
  'ClientIP(`2001:db8::/32`, `::ffff:10.0.0.1`,)',
  'HostSNI(`a`) ||\n// why\n/* and */ HostSNI(`xn--9t9h.com.`)',
];

const FACTS: readonly RuleFacts[] = [
  { remoteAddress: '10.1.2.3', serverName: undefined, alpn: [] },
  { remoteAddress: '2001:db8::1', serverName: 'a.test', alpn: ['h2', 'x.yA'] },
  { remoteAddress: '', serverName: 'ab.a.test', alpn: [''] },
];

/** What came of a rule. Throws if anything about it is not as it should be. */
function outcome(rule: string, syntax: RuleSyntax): string {
  const isWithin = (offset: number) => offset >= 0 && offset <= rule.length;
  const parsed = parseRule(rule);
  const condition = parsed.ok ? conditionOf(parsed.value, syntax) : parsed;
  if (!condition.ok) {
    assert.ok(isWithin(condition.offset));
    assert.ok(condition.reason.length < 400 && (condition.suggestions ?? []).length < 10);
    return parsed.ok ? 'refused' : 'unreadable';
  }
  const { matches, onPlain, notes } = condition.value;
  for (const facts of FACTS) assert.equal(typeof matches(facts), 'boolean');
  const onFirst = matches({ remoteAddress: '10.1.2.3', serverName: undefined, alpn: [] });
  assert.ok(onPlain === undefined || onPlain === onFirst);
  for (const { offset } of notes) assert.ok(isWithin(offset));
  return 'accepted';
}

test('100,000 broken rules: a condition, or a finding that points into the rule', NO_STALL, () => {
  const tally = new Tally();
  const syntaxes = fc.constantFrom<RuleSyntax[]>('v2', 'v3');
  fc.assert(
    fc.property(fc.constantFrom(...SEEDS), edits, syntaxes, (seed, changes, syntax) => {
      tally.count(outcome(edited(Buffer.from(seed), changes).toString(), syntax));
    }),
    { numRuns: RUNS },
  );
  tally.assertAll(['accepted', 'refused', 'unreadable'], RUNS / 50);
});

/** What quadratic readers stumble over. */
const PIECES = [
  ...[
    '%',
    '/',
    '[',
    '[^a',
    '[[:a',
    '\\',
    '\\p{',
    '{',
    '{a:',
    '(',
    '(?<',
    '!',
    '"',
    "'",
    '/*',
    '//',
  ],
  ...['a|', 'a{9}', '.*', 'a{1000}', '\\pL|', '1.', '::', 'a,', '\n', ' ', '`,`', '‘', '$', '*.'],
];

for (const name of ['HostSNI', 'HostSNIRegexp', 'ClientIP', 'ALPN', '']) {
  test(
    `nothing that is repeated makes a rule slow: ${name || 'without a matcher'}`,
    NO_STALL,
    () => {
      for (const piece of PIECES) {
        for (const tail of ['', '\nx', '\\']) {
          const body = piece.repeat(65_400 / piece.length) + tail;
          const rule = name === '' ? body : `${name}(\`${body}\`)`;
          const started = performance.now();
          outcome(rule, 'v2');
          outcome(rule, 'v3');
          // All of them take some milliseconds, where a quadratic reader takes many seconds.
          assert.ok(performance.now() - started < 2_000, JSON.stringify([piece, tail]));
        }
      }
    },
  );
}

const COSTLY = ['a{1000}', '[ab]{900}', 'a{1000}'.repeat(300), `${'\\pL|'.repeat(900)}a`];
for (const pattern of COSTLY) {
  test(`many large expressions are refused unread: ${pattern.slice(0, 20)}`, () => {
    const one = `HostSNIRegexp(\`${pattern}\`)`;
    const rule = Array<string>(Math.floor(65_000 / (one.length + 2)))
      .fill(one)
      .join('||');
    const started = performance.now();
    assert.equal(outcome(rule, 'v3'), 'refused');
    assert.ok(performance.now() - started < 2_000);
  });
}

test('an expression remembers little of the names that it has seen', () => {
  const parsed = parseRule('HostSNIRegexp(`^[ab]*a[ab]{240}$`)');
  const condition = parsed.ok ? conditionOf(parsed.value, 'v3') : parsed;
  assert.ok(condition.ok);
  const { matches } = condition.value;
  let bits = 1;
  const name = () => {
    bits = Math.imul(bits, 1_103_515_245) + 12_345;
    return bits & 0x10000 ? 'a' : 'b';
  };
  const before = heapUsed();
  for (let i = 0; i < 300; i += 1) {
    const serverName = Array.from({ length: 250 }, name).join('');
    matches({ remoteAddress: '', serverName, alpn: [] });
  }
  // Left to itself the engine keeps 8 MB, and as much for each expression that anybody writes.
  assert.ok(heapUsed() - before < 2_000_000);
});

function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
