import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseRule } from '../../../src/rule/parser.js';
import type { RuleProblemCode } from '../../../src/rule/problem.js';
import type { MatcherName, Rule } from '../../../src/rule/rule.js';

/** A rule in the shortest form that shows its structure. */
function shape(rule: Rule): string {
  if (rule.kind === 'not') return `!${shape(rule.rule)}`;
  if (rule.kind === 'call') return rule.args.map(({ value }) => value).join('+');
  return `${rule.kind}(${rule.rules.map(shape).join(' ')})`;
}

const READ: readonly (readonly [rule: string, shape: string])[] = [
  ['ALPN(`a`)', 'a'],
  ['ALPN(`a`) && ALPN(`b`) && ALPN(`c`)', 'all(a b c)'],
  ['ALPN(`a`) || ALPN(`b`) && ALPN(`c`)', 'any(a all(b c))'],
  ['(ALPN(`a`) || ALPN(`b`)) && ALPN(`c`)', 'all(any(a b) c)'],
  ['!ALPN(`a`) && ALPN(`b`)', 'all(!a b)'],
  ['!(ALPN(`a`) && ALPN(`b`))', '!all(a b)'],
  ['!!ALPN(`a`)', 'a'],
  ['!(!ALPN(`a`))', 'a'],
  ['ALPN(`a`, "b",)', 'a+b'],
  ['ALPN()', ''],
  ['ALPN("\\x61\\u0062\\143\\n\\"")', 'abc\n"'],
  ['ALPN(`a\r\nb`)', 'a\nb'],
  ['ALPN(`a`) ||\n\n// why\n/* and\nhow */ ALPN(`b`)\n', 'any(a b)'],
  ['ALPN(\n`a`,\n)', 'a'],
];

for (const [rule, expected] of READ) {
  test(`${JSON.stringify(rule)} is read as ${JSON.stringify(expected)}`, () => {
    const parsed = parseRule(rule);
    assert.ok(parsed.ok);
    assert.equal(shape(parsed.value), expected);
  });
}

interface Slip {
  readonly rule: string;
  readonly code: RuleProblemCode;
  readonly offset: number;
  readonly suggestions?: readonly string[];
}

const SLIPS: readonly Slip[] = [
  { rule: '  ', code: 'empty', offset: 0 },
  { rule: 'Host(`a`)', code: 'unknown-matcher', offset: 0, suggestions: ['HostSNI'] },
  { rule: 'HostRegexp(`a`)', code: 'unknown-matcher', offset: 0, suggestions: ['HostSNIRegexp'] },
  { rule: 'hostSNI(`a`)', code: 'unknown-matcher', offset: 0, suggestions: ['HostSNI'] },
  {
    rule: 'ALPN(`a`) && ClientIp(`::`)',
    code: 'unknown-matcher',
    offset: 13,
    suggestions: ['ClientIP'],
  },
  { rule: 'PathPrefix(`/`)', code: 'unknown-matcher', offset: 0 },
  { rule: 'HostSNI(a.test)', code: 'not-quoted', offset: 8, suggestions: ['HostSNI(`a.test`)'] },
  { rule: 'HostSNI(*)', code: 'not-quoted', offset: 8, suggestions: ['HostSNI(`*`)'] },
  {
    rule: 'ClientIP(10.0.0.0/8)',
    code: 'not-quoted',
    offset: 9,
    suggestions: ['ClientIP(`10.0.0.0/8`)'],
  },
  { rule: "HostSNI('a.test')", code: 'quotes', offset: 8, suggestions: ['`a.test`'] },
  { rule: 'HostSNI(“a.test”)', code: 'quotes', offset: 8, suggestions: ['`a.test`'] },
  { rule: 'HostSNI("a\\.test")', code: 'bad-escape', offset: 10 },
  { rule: 'HostSNI("\\ud800")', code: 'bad-escape', offset: 9 },
  { rule: 'HostSNI(ALPN(`a`))', code: 'bad-argument', offset: 8 },
  { rule: 'ALPN(`a`) and ALPN(`b`)', code: 'operator', offset: 10, suggestions: ['&&'] },
  { rule: 'ALPN(`a`) OR ALPN(`b`)', code: 'operator', offset: 10, suggestions: ['||'] },
  { rule: 'not ALPN(`a`)', code: 'operator', offset: 0, suggestions: ['!'] },
  { rule: 'ALPN(`a`) | ALPN(`b`)', code: 'operator', offset: 10, suggestions: ['||'] },
  { rule: 'ALPN(`a`), ALPN(`b`)', code: 'operator', offset: 9, suggestions: ['||'] },
  { rule: 'ALPN(`a`) == ALPN(`b`)', code: 'operator', offset: 10, suggestions: ['&&', '||'] },
  { rule: '-ALPN(`a`)', code: 'operator', offset: 0 },
  { rule: '$$ALPN(`a`)', code: 'operator', offset: 0 },
  { rule: 'ALPN(`a`) ALPN(`b`)', code: 'unexpected', offset: 10, suggestions: ['&&', '||'] },
  { rule: 'ALPN(`a`) &&', code: 'unexpected', offset: 12 },
  { rule: '|| ALPN(`a`)', code: 'unexpected', offset: 0 },
  { rule: 'ALPN(`a`)\n|| ALPN(`b`)', code: 'unexpected', offset: 9 },
  { rule: 'ALPN(`a`\n)', code: 'unexpected', offset: 8 },
  { rule: '(ALPN(`a`)\n)', code: 'unexpected', offset: 10 },
  { rule: 'ALPN(`a`))', code: 'unexpected', offset: 9 },
  { rule: 'ALPN', code: 'unexpected', offset: 4 },
  { rule: '"ALPN(`a`)"', code: 'unexpected', offset: 0, suggestions: ['ALPN(`a`)'] },
  { rule: '`a.test`', code: 'unexpected', offset: 0, suggestions: ['HostSNI(`a.test`)'] },
  { rule: 'ALPN(`a', code: 'unclosed', offset: 5 },
  { rule: 'ALPN("a', code: 'unclosed', offset: 5 },
  { rule: 'ALPN("a\n")', code: 'unclosed', offset: 5 },
  { rule: 'ALPN(`a`', code: 'unclosed', offset: 4 },
  { rule: '(ALPN(`a`)', code: 'unclosed', offset: 0 },
  { rule: 'ALPN(`a`) /* why', code: 'unclosed', offset: 10 },
  { rule: '('.repeat(60_000), code: 'too-deep', offset: 200 },
  { rule: '('.repeat(100_000), code: 'too-long', offset: 65_536 },
];

for (const { rule, code, offset, suggestions = [] } of SLIPS) {
  test(`${JSON.stringify(rule.slice(0, 40))} is refused as ${code}`, () => {
    const parsed = parseRule(rule);
    assert.ok(!parsed.ok);
    assert.deepEqual(
      { code: parsed.code, offset: parsed.offset, suggestions: parsed.suggestions ?? [] },
      { code, offset, suggestions },
    );
  });
}

test('parentheses may be nested deeper than anybody writes them', () => {
  assert.ok(parseRule(`${'!('.repeat(200)}ALPN(\`a\`)${')'.repeat(200)}`).ok);
});

const quoted = (value: string) =>
  /[`\r]/.test(value) ? JSON.stringify(value).replaceAll('\\u00', '\\x') : `\`${value}\``;

function print(rule: Rule): string {
  if (rule.kind === 'not') return `!(${print(rule.rule)})`;
  if (rule.kind === 'call') {
    return `${rule.name}(${rule.args.map(({ value }) => quoted(value)).join(', ')})`;
  }
  return rule.rules.map((member) => `(${print(member)})`).join(rule.kind === 'all' ? '&&' : ' || ');
}

const names = fc.constantFrom<MatcherName[]>('HostSNI', 'HostSNIRegexp', 'ClientIP', 'ALPN');
const call = fc
  .record({ name: names, values: fc.array(fc.string({ unit: 'binary-ascii' })) })
  .map(({ name, values }): Rule => ({
    kind: 'call',
    name,
    offset: 0,
    args: values.map((value) => ({ value, offset: 0 })),
  }));

const { rule: rules } = fc.letrec<{ rule: Rule; not: Rule; joined: Rule }>((tie) => ({
  rule: fc.oneof({ maxDepth: 6 }, call, tie('not'), tie('joined')),
  not: tie('rule').map((rule): Rule => (rule.kind === 'not' ? rule.rule : { kind: 'not', rule })),
  joined: fc
    .record({
      kind: fc.constantFrom('all' as const, 'any' as const),
      rules: fc.array(tie('rule'), { minLength: 2, maxLength: 4 }),
    })
    .map((rule): Rule => rule),
}));

test('what is printed and read again is the same rule', () => {
  fc.assert(
    fc.property(rules, (rule) => {
      const parsed = parseRule(print(rule));
      assert.ok(parsed.ok, print(rule));
      assert.equal(print(parsed.value), print(rule));
    }),
  );
});

test('no text makes the parser throw, and every problem points into the text', () => {
  const piece = fc.constantFrom(
    ...[
      'HostSNI',
      '(',
      ')',
      '`',
      '"',
      "'",
      '\\',
      '&&',
      '||',
      '!',
      ',',
      '\n',
      ' ',
      '/*',
      '//',
      '*',
      '$',
      'ü',
      '\ud800',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (rule) => {
      const parsed = parseRule(rule);
      assert.ok(parsed.ok || (parsed.offset >= 0 && parsed.offset <= rule.length));
    }),
    { numRuns: 2000 },
  );
});
